//! Signed tokens (RFC 7515, compact serialization).

use crate::algorithm::SigningAlgorithm;
use crate::base64url;
use crate::compact::{self, MAX_SIGNED, SignedToken};
use crate::error::JoseError;
use crate::header::Header;
use crate::key::{KeyId, SigningKey, VerifyKey, VerifyKeySet};
use crate::port::{PrivateKeyError, Signature, Signer};

/// Signs a payload with a key of this process. The header has `alg`, `typ` and
/// `kid`.
///
/// # Errors
///
/// [`JoseError::Crypto`] when the cryptographic library fails,
/// [`JoseError::TooLarge`] when the token would be longer than
/// [`MAX_SIGNED`].
pub fn sign(key: &SigningKey, typ: &str, payload: &[u8]) -> Result<SignedToken, JoseError> {
    let input = signing_input(key.kid(), key.algorithm(), typ, payload);
    let signature = key.signature(input.as_bytes())?;
    compact(input, &signature)
}

/// As [`sign`], with a key wherever it lies. It waits only for a key that is
/// not in this process.
///
/// # Errors
///
/// [`PrivateKeyError::Refused`] as there, [`PrivateKeyError::Unavailable`]
/// when the key cannot be reached.
pub async fn sign_with(
    signer: &dyn Signer,
    typ: &str,
    payload: &[u8],
) -> Result<SignedToken, PrivateKeyError> {
    let input = signing_input(signer.kid(), signer.algorithm(), typ, payload);
    let signature = signer.signature(input.as_bytes()).await?;
    Ok(compact(input, &signature)?)
}

/// Header and payload (RFC 7515 5.1).
fn signing_input(kid: &KeyId, algorithm: SigningAlgorithm, typ: &str, payload: &[u8]) -> String {
    let header = serde_json::json!({
        "alg": algorithm.as_str(),
        "typ": typ,
        "kid": kid.as_str(),
    });
    let mut input = base64url::encode(header.to_string().as_bytes());
    input.push('.');
    input.push_str(&base64url::encode(payload));
    input
}

fn compact(input: String, signature: &Signature) -> Result<SignedToken, JoseError> {
    let mut token = input;
    token.push('.');
    token.push_str(&base64url::encode(signature.as_bytes()));
    if token.len() > MAX_SIGNED {
        return Err(JoseError::TooLarge("the token"));
    }
    Ok(SignedToken::new(token))
}

/// A signed token whose signature has not been checked. Nothing of its payload
/// can be read before [`UnverifiedJws::verify`].
///
/// ```
/// use ciam_tokens::{SigningAlgorithm, SigningKey, UnverifiedJws, jws};
///
/// let key = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let token = jws::sign(&key, "example+jwt", b"{}")?;
///
/// let verified = UnverifiedJws::parse(token.as_str())?.verify(&key.verify_key()?)?;
/// assert_eq!(verified.payload(), b"{}");
/// # Ok::<(), ciam_tokens::JoseError>(())
/// ```
#[derive(Clone)]
pub struct UnverifiedJws<'a> {
    header: Header,
    algorithm: SigningAlgorithm,
    signing_input: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> UnverifiedJws<'a> {
    /// Reads the compact serialization: exactly three segments in strict
    /// base64url, at most [`MAX_SIGNED`] bytes, a header of at most 8 KiB.
    ///
    /// # Errors
    ///
    /// [`JoseError::Type`] for an encrypted token, and [`JoseError::Parse`],
    /// [`JoseError::TooLarge`], [`JoseError::Header`],
    /// [`JoseError::Algorithm`] or [`JoseError::Key`] for what they say.
    pub fn parse(compact: &'a str) -> Result<Self, JoseError> {
        let [header, payload, signature] =
            compact::segments::<3>(compact, MAX_SIGNED, (5, "encrypted, where signed is due"))?;
        let header = Header::parse(header)?;
        let algorithm = SigningAlgorithm::parse(&header.alg)?;
        let signing_input = compact
            .get(..compact.len() - signature.len() - 1)
            .unwrap_or_default();
        Ok(Self {
            header,
            algorithm,
            signing_input,
            payload,
            signature: base64url::decode(signature)?,
        })
    }

    /// The key that the header names.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.header.kid.as_ref()
    }

    /// The algorithm that the header names.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The kind that the header claims: lower case, without `application/`.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.header.typ.as_deref()
    }

    /// The payload before the signature is checked: for look-ups alone.
    pub(crate) fn unverified_payload(&self) -> Result<Vec<u8>, JoseError> {
        base64url::decode(self.payload)
    }

    /// Checks the signature with one key.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when the key is for another algorithm or has another
    /// name than the header says, [`JoseError::Signature`] when the signature
    /// is not valid, [`JoseError::Parse`] when the payload is not base64url.
    pub fn verify(self, key: &VerifyKey) -> Result<VerifiedJws, JoseError> {
        if key.algorithm() != self.algorithm {
            return Err(JoseError::Key("the key is for another algorithm"));
        }
        if let (Some(named), Some(kid)) = (self.kid(), key.kid())
            && named != kid
        {
            return Err(JoseError::Key("the header names another key"));
        }
        key.verify(self.signing_input.as_bytes(), &self.signature)?;
        Ok(VerifiedJws {
            payload: base64url::decode(self.payload)?,
            typ: self.header.typ,
        })
    }

    /// Checks the signature with the key of the set that the header names.
    ///
    /// # Errors
    ///
    /// As [`UnverifiedJws::verify`], and [`JoseError::Key`] when not exactly
    /// one key fits.
    pub fn verify_with(self, keys: &VerifyKeySet) -> Result<VerifiedJws, JoseError> {
        let key = keys.select(self.kid(), self.algorithm)?;
        self.verify(key)
    }
}

impl std::fmt::Debug for UnverifiedJws<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedJws")
            .field("algorithm", &self.algorithm)
            .field("kid", &self.header.kid)
            .field("typ", &self.header.typ)
            .finish_non_exhaustive()
    }
}

/// A payload whose signature was valid. It says nothing yet about who may use
/// it, when and for what: that is for a token profile.
#[derive(Clone)]
pub struct VerifiedJws {
    payload: Vec<u8>,
    typ: Option<String>,
}

impl VerifiedJws {
    /// The signed bytes.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The kind of token: lower case, without `application/`.
    #[must_use]
    pub fn typ(&self) -> Option<&str> {
        self.typ.as_deref()
    }
}

impl std::fmt::Debug for VerifiedJws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifiedJws")
            .field("typ", &self.typ)
            .finish_non_exhaustive()
    }
}

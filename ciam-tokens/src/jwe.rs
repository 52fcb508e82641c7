//! Encrypted tokens (RFC 7516, compact serialization).

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, agree};
use aws_lc_rs::rand;
use ciam_core::Secret;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::base64url;
use crate::compact::{self, MAX_ENCRYPTED, SignedToken};
use crate::content_key::{ContentKey, ContentKeyHeader};
use crate::error::JoseError;
use crate::header::Header;
use crate::key::{DecryptKey, DecryptKeySet, EncryptKey, KeyId, P256Point};
use crate::port::PrivateKeyError;

/// Encrypts a signed token to a key: a nested token (RFC 7519 11.2, signed
/// first, then encrypted). The header has `cty: JWT` and the key's `kid`.
///
/// ```
/// use ciam_tokens::{
///     ContentEncryption, DecryptKey, KeyManagement, SigningAlgorithm, SigningKey, UnverifiedJwe,
///     UnverifiedJws, jwe, jws,
/// };
///
/// let signer = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let reader = DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm)?;
///
/// let signed = jws::sign(&signer, "example+jwt", b"{}")?;
/// let sent = jwe::encrypt_nested(&reader.encrypt_key(), &signed)?;
///
/// let inner = UnverifiedJwe::parse(&sent)?.decrypt_nested(&reader)?;
/// let verified = UnverifiedJws::parse(inner.as_str())?.verify(&signer.verify_key()?)?;
/// assert_eq!(verified.payload(), b"{}");
/// # Ok::<(), ciam_tokens::JoseError>(())
/// ```
///
/// # Errors
///
/// [`JoseError::Crypto`] when the cryptographic library fails.
pub fn encrypt_nested(key: &EncryptKey, signed: &SignedToken) -> Result<String, JoseError> {
    let (KeyManagement::EcdhEs, ContentEncryption::A256Gcm) = (key.algorithm(), key.encryption());
    let ephemeral = PrivateKey::generate(&ECDH_P256).map_err(|_| CRYPTO)?;
    let public = ephemeral.compute_public_key().map_err(|_| CRYPTO)?;
    let public = P256Point::from_uncompressed(public.as_ref())?;
    let mut header = json!({
        "alg": key.algorithm().as_str(),
        "enc": key.encryption().as_str(),
        "cty": "JWT",
        "epk": { "kty": "EC", "crv": "P-256", "x": public.x(), "y": public.y() },
    });
    if let (Some(kid), Some(members)) = (key.kid(), header.as_object_mut()) {
        members.insert("kid".to_owned(), kid.as_str().into());
    }
    let header = base64url::encode(header.to_string().as_bytes());

    let agreed = agree(&ephemeral, key.point().for_agreement()?, CRYPTO, |secret| {
        ContentKey::derive(key.encryption(), secret, &[], &[])
    })?;
    let mut iv = [0_u8; IV];
    rand::fill(&mut iv).map_err(|_| CRYPTO)?;
    let mut content = signed.as_str().as_bytes().to_vec();
    let tag = aead(&agreed)?
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(iv),
            Aad::from(header.as_bytes()),
            &mut content,
        )
        .map_err(|_| CRYPTO)?;
    Ok(format!(
        "{header}..{}.{}.{}",
        base64url::encode(&iv),
        base64url::encode(&content),
        base64url::encode(tag.as_ref())
    ))
}

/// An encrypted token that has been read but not decrypted.
pub struct UnverifiedJwe<'a> {
    header: Header,
    content_key: ContentKeyHeader,
    protected: &'a str,
    iv: [u8; IV],
    ciphertext: Vec<u8>,
    tag: [u8; TAG],
}

impl<'a> UnverifiedJwe<'a> {
    /// Reads the compact serialization: exactly five segments in strict
    /// base64url, at most [`MAX_ENCRYPTED`] bytes, a header of at most 8 KiB.
    /// All lengths are checked before any cryptography runs. Compression is
    /// not supported (RFC 8725 3.6).
    ///
    /// # Errors
    ///
    /// [`JoseError::Type`] for a token that is only signed,
    /// [`JoseError::Key`] when the ephemeral key is not on the curve,
    /// [`JoseError::Decrypt`] when initialization vector, tag or encrypted key
    /// have not the length of the algorithms, and [`JoseError::Parse`],
    /// [`JoseError::TooLarge`], [`JoseError::Header`] or
    /// [`JoseError::Algorithm`] for what they say.
    pub fn parse(compact: &'a str) -> Result<Self, JoseError> {
        let [protected, encrypted_key, iv, ciphertext, tag] = compact::segments::<5>(
            compact,
            MAX_ENCRYPTED,
            (3, "signed, where encrypted is due"),
        )?;
        let header = Header::parse(protected)?;
        let algorithm = KeyManagement::parse(&header.alg)?;
        let encryption = match header.text("enc")? {
            Some(enc) => ContentEncryption::parse(enc)?,
            None => return Err(JoseError::Algorithm("`enc` is missing")),
        };
        if header.members.contains_key("zip") {
            return Err(JoseError::Header("`zip` is not supported"));
        }
        // Direct key agreement has no encrypted key (RFC 7516 5.2 step 10).
        if !encrypted_key.is_empty() {
            return Err(JoseError::Decrypt);
        }
        Ok(Self {
            content_key: ContentKeyHeader {
                algorithm,
                encryption,
                ephemeral: ephemeral(&header)?,
                party_u: party(&header, "apu")?,
                party_v: party(&header, "apv")?,
            },
            protected,
            iv: exactly(iv)?,
            ciphertext: base64url::decode(ciphertext)?,
            tag: exactly(tag)?,
            header,
        })
    }

    /// The key that the header names.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.header.kid.as_ref()
    }

    /// Decrypts. The content is whatever the sender put in: with a public key
    /// anybody can be the sender.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when the key is for other algorithms,
    /// [`JoseError::Decrypt`] otherwise.
    pub fn decrypt(self, key: &DecryptKey) -> Result<Secret<Vec<u8>>, JoseError> {
        self.check_algorithms(key.algorithm(), key.encryption())?;
        let content_key = key.agreed(&self.content_key)?;
        let mut content = self.open(&content_key)?;
        Ok(Secret::new(std::mem::take(&mut *content)))
    }

    /// Decrypts a nested token. The result is signed but **not verified**:
    /// encryption says nothing about who the sender is (RFC 8725 2.2).
    ///
    /// # Errors
    ///
    /// As [`UnverifiedJwe::decrypt`], and [`JoseError::Type`] when the header
    /// does not say `cty: JWT` (RFC 7519 5.2).
    pub fn decrypt_nested(self, key: &DecryptKey) -> Result<SignedToken, JoseError> {
        self.check_nested()?;
        self.check_algorithms(key.algorithm(), key.encryption())?;
        let content_key = key.agreed(&self.content_key)?;
        self.open_nested(&content_key)
    }

    /// As [`UnverifiedJwe::decrypt_nested`], with the key of the set that the
    /// header names, wherever that key lies. It waits only for a key that is
    /// not in this process.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Refused`] as there, and with [`JoseError::Key`] when
    /// not exactly one key fits; [`PrivateKeyError::Unavailable`] when the key
    /// cannot be reached.
    pub async fn decrypt_nested_with(
        self,
        keys: &DecryptKeySet,
    ) -> Result<SignedToken, PrivateKeyError> {
        // All that can be refused is refused before a key service is asked.
        self.check_nested()?;
        let key = keys.select(self.kid())?;
        self.check_algorithms(key.algorithm(), key.encryption())?;
        let content_key = key.agreed(&self.content_key).await?;
        Ok(self.open_nested(&content_key)?)
    }

    fn check_nested(&self) -> Result<(), JoseError> {
        match self.header.cty.as_deref() {
            Some("jwt") => Ok(()),
            _ => Err(JoseError::Type("not a nested token")),
        }
    }

    fn check_algorithms(
        &self,
        algorithm: KeyManagement,
        encryption: ContentEncryption,
    ) -> Result<(), JoseError> {
        let header = &self.content_key;
        if (algorithm, encryption) != (header.algorithm, header.encryption) {
            return Err(JoseError::Key("the key is for other algorithms"));
        }
        Ok(())
    }

    fn open(self, key: &ContentKey) -> Result<Zeroizing<Vec<u8>>, JoseError> {
        let mut content = Zeroizing::new(self.ciphertext);
        aead(key)?
            .open_in_place_separate_tag(
                Nonce::assume_unique_for_key(self.iv),
                Aad::from(self.protected.as_bytes()),
                &self.tag,
                content.as_mut_slice(),
            )
            .map_err(|_| JoseError::Decrypt)?;
        Ok(content)
    }

    fn open_nested(self, key: &ContentKey) -> Result<SignedToken, JoseError> {
        let mut content = self.open(key)?;
        String::from_utf8(std::mem::take(&mut *content))
            .map(SignedToken::new)
            .map_err(|_| JoseError::Parse("the content is not text"))
    }
}

impl std::fmt::Debug for UnverifiedJwe<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedJwe")
            .field("algorithm", &self.content_key.algorithm)
            .field("encryption", &self.content_key.encryption)
            .field("kid", &self.header.kid)
            .finish_non_exhaustive()
    }
}

fn aead(key: &ContentKey) -> Result<LessSafeKey, JoseError> {
    UnboundKey::new(&AES_256_GCM, key.as_bytes())
        .map(LessSafeKey::new)
        .map_err(|_| CRYPTO)
}

/// The sender's one-time key (RFC 7518 4.6.1.1).
fn ephemeral(header: &Header) -> Result<P256Point, JoseError> {
    let Some(Value::Object(epk)) = header.members.get("epk") else {
        return Err(JoseError::Key("`epk` is not an object"));
    };
    let text = |name: &str| epk.get(name).and_then(Value::as_str);
    match (text("kty"), text("crv"), text("x"), text("y")) {
        (Some("EC"), Some("P-256"), Some(x), Some(y)) => P256Point::from_coordinates(x, y),
        _ => Err(JoseError::Key("`epk` is not a key on P-256")),
    }
}

/// `apu` or `apv` (RFC 7518 4.6.1.2 and 4.6.1.3).
fn party(header: &Header, name: &str) -> Result<Vec<u8>, JoseError> {
    match header.text(name)? {
        None => Ok(Vec::new()),
        Some(text) => base64url::decode(text)
            .map_err(|_| JoseError::Header("`apu` or `apv` is not base64url")),
    }
}

fn exactly<const N: usize>(segment: &str) -> Result<[u8; N], JoseError> {
    base64url::decode(segment)?
        .try_into()
        .map_err(|_| JoseError::Decrypt)
}

const CRYPTO: JoseError = JoseError::Crypto("encryption");
/// Octets of the initialization vector (RFC 7518 5.3).
const IV: usize = 12;
/// Octets of the tag (RFC 7518 5.3). Shorter ones are never accepted.
const TAG: usize = 16;

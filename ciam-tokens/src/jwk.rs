//! Public keys as JSON (RFC 7517).

use serde_json::{Value, json};

use crate::algorithm::{KeyManagement, SigningAlgorithm};
use crate::error::JoseError;
use crate::json::{self, Object};
use crate::key::{KeyId, P256Point};

/// What a key is for (RFC 7517 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyUse {
    /// `sig`: check signatures.
    Signature,
    /// `enc`: encrypt to the owner.
    Encryption,
}

impl KeyUse {
    /// The value of `use`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Signature => "sig",
            Self::Encryption => "enc",
        }
    }
}

/// A public key on P-256, read strictly. It never holds private members.
///
/// ```
/// use ciam_tokens::{Jwk, SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let text = key.public_jwk().to_json();
/// assert_eq!(Jwk::parse(text.as_bytes())?, key.public_jwk());
/// # Ok::<(), ciam_tokens::JoseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    kid: Option<KeyId>,
    key_use: Option<KeyUse>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    point: P256Point,
}

impl Jwk {
    /// Reads a public JWK.
    ///
    /// # Errors
    ///
    /// [`JoseError::Parse`] when it is not strict JSON, [`JoseError::Key`] when
    /// it is a shared secret, has private members (then it is no longer
    /// private, and nobody must trust it), is of another kind or curve, is not
    /// a point of the curve, or contradicts itself.
    pub fn parse(text: &[u8]) -> Result<Self, JoseError> {
        Self::from_members(&json::parse_object(text)?)
    }

    pub(crate) fn from_members(members: &Object) -> Result<Self, JoseError> {
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(JoseError::Key("private members in a public key"));
        }
        Self::from_private_members(members)
    }

    /// As above, for a private key whose `d` was taken out already.
    pub(crate) fn from_private_members(members: &Object) -> Result<Self, JoseError> {
        match text(members, "kty")? {
            Some("EC") => {}
            Some("oct") => return Err(JoseError::Key("a shared secret is no public key")),
            _ => return Err(JoseError::Key("`kty` is not supported")),
        }
        if text(members, "crv")? != Some("P-256") {
            return Err(JoseError::Key("`crv` is not supported"));
        }
        let (Some(x), Some(y)) = (text(members, "x")?, text(members, "y")?) else {
            return Err(JoseError::Key("a coordinate is missing"));
        };
        let key_use = match text(members, "use")? {
            None => None,
            Some("sig") => Some(KeyUse::Signature),
            Some("enc") => Some(KeyUse::Encryption),
            Some(_) => return Err(JoseError::Key("`use` is not known")),
        };
        Ok(Self {
            kid: text(members, "kid")?.map(KeyId::parse).transpose()?,
            key_use,
            key_ops: key_ops(members)?,
            alg: text(members, "alg")?.map(str::to_owned),
            point: P256Point::from_coordinates(x, y)?,
        })
    }

    pub(crate) fn for_signature(kid: KeyId, alg: SigningAlgorithm, point: P256Point) -> Self {
        Self {
            kid: Some(kid),
            key_use: Some(KeyUse::Signature),
            key_ops: None,
            alg: Some(alg.as_str().to_owned()),
            point,
        }
    }

    pub(crate) fn for_encryption(kid: KeyId, alg: KeyManagement, point: P256Point) -> Self {
        Self {
            kid: Some(kid),
            key_use: Some(KeyUse::Encryption),
            key_ops: None,
            alg: Some(alg.as_str().to_owned()),
            point,
        }
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// What the key says it is for; a key that says nothing may be for both.
    #[must_use]
    pub fn key_use(&self) -> Option<KeyUse> {
        self.key_use
    }

    /// The algorithm the key says it is for.
    #[must_use]
    pub fn alg(&self) -> Option<&str> {
        self.alg.as_deref()
    }

    /// The SHA-256 thumbprint (RFC 7638).
    #[must_use]
    pub fn thumbprint(&self) -> KeyId {
        self.point.thumbprint()
    }

    /// Whether all that the key says of itself fits this use: `use`, `key_ops`
    /// and `alg` (RFC 7517 4.2 to 4.4).
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when one of them does not.
    pub fn check_use(&self, key_use: KeyUse) -> Result<(), JoseError> {
        self.check(key_use, "verify")
    }

    /// The same for the private half.
    pub(crate) fn check_private_use(&self, key_use: KeyUse) -> Result<(), JoseError> {
        self.check(key_use, "sign")
    }

    fn check(&self, key_use: KeyUse, signature_op: &str) -> Result<(), JoseError> {
        if self.key_use.is_some_and(|said| said != key_use) {
            return Err(JoseError::Key("`use` is another one"));
        }
        let (alg, ops) = match key_use {
            KeyUse::Signature => (SigningAlgorithm::Es256.as_str(), [signature_op; 2]),
            KeyUse::Encryption => (KeyManagement::EcdhEs.as_str(), ["deriveKey", "deriveBits"]),
        };
        if self.alg.as_deref().is_some_and(|said| said != alg) {
            return Err(JoseError::Key("`alg` is another one"));
        }
        let fits = |said: &Vec<String>| said.iter().any(|op| ops.contains(&op.as_str()));
        // A public key for ECDH has an empty `key_ops` in WebCrypto's export.
        let exported = |said: &Vec<String>| said.is_empty() && key_use == KeyUse::Encryption;
        match &self.key_ops {
            Some(said) if !fits(said) && !exported(said) => {
                Err(JoseError::Key("`key_ops` are others"))
            }
            _ => Ok(()),
        }
    }

    /// The public members as JSON, from a list of allowed ones.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.to_value().to_string()
    }

    pub(crate) fn to_value(&self) -> Value {
        let mut value = json!({
            "kty": "EC",
            "crv": "P-256",
            "x": self.point.x(),
            "y": self.point.y(),
        });
        if let Some(members) = value.as_object_mut() {
            let named = [
                ("kid", self.kid.as_ref().map(KeyId::as_str)),
                ("use", self.key_use.map(KeyUse::as_str)),
                ("alg", self.alg.as_deref()),
            ];
            for (name, text) in named {
                if let Some(text) = text {
                    members.insert(name.to_owned(), text.into());
                }
            }
            if let Some(ops) = &self.key_ops {
                members.insert("key_ops".to_owned(), ops.clone().into());
            }
        }
        value
    }

    pub(crate) fn point(&self) -> &P256Point {
        &self.point
    }
}

/// Members that only private or shared keys have (RFC 7518 6.2.2, 6.3.2, 6.4).
const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

fn text<'a>(members: &'a Object, name: &str) -> Result<Option<&'a str>, JoseError> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JoseError::Key("a member is not a string")),
    }
}

fn key_ops(members: &Object) -> Result<Option<Vec<String>>, JoseError> {
    const REFUSED: JoseError = JoseError::Key("`key_ops` is not a list of different strings");
    let Some(value) = members.get("key_ops") else {
        return Ok(None);
    };
    let mut ops: Vec<String> = Vec::new();
    for item in value.as_array().ok_or(REFUSED)? {
        let op = item.as_str().ok_or(REFUSED)?;
        // Duplicates must not be present (RFC 7517 4.3).
        if ops.iter().any(|known| known == op) {
            return Err(REFUSED);
        }
        ops.push(op.to_owned());
    }
    Ok(Some(ops))
}

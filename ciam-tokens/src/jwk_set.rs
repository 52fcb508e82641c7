//! Sets of public keys (RFC 7517 5).

use serde_json::{Value, json};

use crate::error::JoseError;
use crate::json;
use crate::jwk::{Jwk, KeyUse};

/// A JWK Set of somebody: the acceptable public keys of its document.
///
/// One bad or unknown key is skipped, so that an owner can add new kinds of
/// keys without locking others out (RFC 7517 5). Two keys with one name and one
/// use are both skipped: nobody can say which is meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JwkSet {
    keys: Vec<Jwk>,
}

impl JwkSet {
    /// The largest document that is read, in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;
    /// The most keys that a document may hold.
    pub const MAX_KEYS: usize = 64;

    /// A set of these keys, in this order: the owner's newest first.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = Jwk>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// [`JoseError::TooLarge`] beyond [`JwkSet::MAX_BYTES`] or
    /// [`JwkSet::MAX_KEYS`], [`JoseError::Parse`] when it is not a strict JSON
    /// object with an array `keys`.
    pub fn parse(document: &[u8]) -> Result<Self, JoseError> {
        if document.len() > Self::MAX_BYTES {
            return Err(JoseError::TooLarge("the key set"));
        }
        let mut members = json::parse_object(document)?;
        let Some(Value::Array(listed)) = members.remove("keys") else {
            return Err(JoseError::Parse("no array `keys`"));
        };
        if listed.len() > Self::MAX_KEYS {
            return Err(JoseError::TooLarge("the number of keys"));
        }
        let mut keys: Vec<Jwk> = listed
            .iter()
            .filter_map(Value::as_object)
            .filter_map(|members| Jwk::from_members(members).ok())
            .collect();
        let ambiguous: Vec<bool> = keys
            .iter()
            .map(|key| keys.iter().filter(|other| clash(key, other)).count() > 1)
            .collect();
        let mut marks = ambiguous.into_iter();
        keys.retain(|_| !marks.next().unwrap_or(true));
        Ok(Self { keys })
    }

    /// The document to publish: public members only, by an allow-list.
    #[must_use]
    pub fn to_json(&self) -> String {
        let keys: Vec<Value> = self.keys.iter().map(Jwk::to_value).collect();
        json!({ "keys": keys }).to_string()
    }

    /// All keys, in the order of the document.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// The keys that fit a use, in the order of the document.
    pub fn for_use(&self, key_use: KeyUse) -> impl Iterator<Item = &Jwk> {
        self.keys
            .iter()
            .filter(move |key| key.check_use(key_use).is_ok())
    }
}

/// Whether two keys have one name and could be meant for one use. A key
/// clashes with itself.
fn clash(one: &Jwk, other: &Jwk) -> bool {
    one.kid().is_some()
        && one.kid() == other.kid()
        && [KeyUse::Signature, KeyUse::Encryption]
            .into_iter()
            .any(|key_use| one.check_use(key_use).is_ok() && other.check_use(key_use).is_ok())
}

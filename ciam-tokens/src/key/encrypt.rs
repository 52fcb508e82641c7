//! Public keys that encrypt to their owner.

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::error::JoseError;
use crate::jwk::{Jwk, KeyUse};
use crate::jwk_set::JwkSet;
use crate::key::{KeyId, P256Point};

/// A public key to which tokens can be encrypted, with one pair of algorithms.
#[derive(Debug, Clone)]
pub struct EncryptKey {
    kid: Option<KeyId>,
    algorithm: KeyManagement,
    encryption: ContentEncryption,
    point: P256Point,
}

impl EncryptKey {
    /// Takes a JWK for encryption.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when its `use`, `key_ops` or `alg` say that it is for
    /// something else: a signature key is never encrypted to (RFC 7517 4.2).
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JoseError> {
        jwk.check_use(KeyUse::Encryption)?;
        Ok(Self::new(jwk.kid().cloned(), jwk.point().clone()))
    }

    pub(crate) fn new(kid: Option<KeyId>, point: P256Point) -> Self {
        Self {
            kid,
            algorithm: KeyManagement::EcdhEs,
            encryption: ContentEncryption::A256Gcm,
            point,
        }
    }

    /// The name of the key, when it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// How the content key is agreed on.
    #[must_use]
    pub fn algorithm(&self) -> KeyManagement {
        self.algorithm
    }

    /// How the content is encrypted.
    #[must_use]
    pub fn encryption(&self) -> ContentEncryption {
        self.encryption
    }

    pub(crate) fn point(&self) -> &P256Point {
        &self.point
    }
}

/// The keys of a client or API to which tokens can be encrypted.
#[derive(Debug, Clone, Default)]
pub struct EncryptKeySet {
    keys: Vec<EncryptKey>,
}

impl EncryptKeySet {
    /// The keys of a JWK Set that can be encrypted to.
    #[must_use]
    pub fn from_jwk_set(set: &JwkSet) -> Self {
        Self {
            keys: set
                .for_use(KeyUse::Encryption)
                .filter_map(|jwk| EncryptKey::from_jwk(jwk).ok())
                .collect(),
        }
    }

    /// The key to use: the owner lists the newest first.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when there is none. The caller must then refuse, and
    /// never send the token unencrypted.
    pub fn preferred(&self) -> Result<&EncryptKey, JoseError> {
        self.keys
            .first()
            .ok_or(JoseError::Key("no key can be encrypted to"))
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[EncryptKey] {
        &self.keys
    }
}

//! Private keys that decrypt.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, agree};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use ciam_core::Secret;

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::error::JoseError;
use crate::jwk::{Jwk, KeyUse};
use crate::key::private_jwk::PrivateP256;
use crate::key::{EncryptKey, KeyId, P256Point};

/// A private key that decrypts tokens of one pair of algorithms, parsed once.
pub struct DecryptKey {
    kid: KeyId,
    algorithm: KeyManagement,
    encryption: ContentEncryption,
    point: P256Point,
    private: PrivateKey,
}

impl DecryptKey {
    /// Makes a new key, named by its thumbprint (RFC 7638).
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when the system has no randomness.
    pub fn generate(
        algorithm: KeyManagement,
        encryption: ContentEncryption,
    ) -> Result<Self, JoseError> {
        let KeyManagement::EcdhEs = algorithm;
        let private =
            PrivateKey::generate(&ECDH_P256).map_err(|_| JoseError::Crypto("key generation"))?;
        Self::new(algorithm, encryption, private)
    }

    /// Reads a PKCS#8 document (RFC 5208, DER).
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when it is not a key of this algorithm.
    pub fn from_pkcs8(
        algorithm: KeyManagement,
        encryption: ContentEncryption,
        pkcs8: &[u8],
    ) -> Result<Self, JoseError> {
        let KeyManagement::EcdhEs = algorithm;
        let private = PrivateKey::from_private_key_der(&ECDH_P256, pkcs8)
            .map_err(|_| JoseError::Key("not a PKCS#8 document of this algorithm"))?;
        Self::new(algorithm, encryption, private)
    }

    /// Reads a private JWK (RFC 7517, RFC 7518 6.2.2). Its `kid` is kept.
    ///
    /// # Errors
    ///
    /// [`JoseError::Parse`] when it is not strict JSON, [`JoseError::Key`] when
    /// it is not a private P-256 key for decryption, or its halves do not
    /// belong together.
    pub fn from_jwk(text: &[u8]) -> Result<Self, JoseError> {
        let parts = PrivateP256::parse(text, KeyUse::Encryption)?;
        let private = PrivateKey::from_private_key(&ECDH_P256, &parts.d)
            .map_err(|_| JoseError::Key("`d` is not a private key of the curve"))?;
        let mut key = Self::new(KeyManagement::EcdhEs, ContentEncryption::A256Gcm, private)?;
        if key.point != parts.point {
            return Err(JoseError::Key("`d` does not belong to `x` and `y`"));
        }
        if let Some(kid) = parts.jwk.kid() {
            key.kid = kid.clone();
        }
        Ok(key)
    }

    fn new(
        algorithm: KeyManagement,
        encryption: ContentEncryption,
        private: PrivateKey,
    ) -> Result<Self, JoseError> {
        let public = private
            .compute_public_key()
            .map_err(|_| JoseError::Crypto("public half"))?;
        let point = P256Point::from_uncompressed(public.as_ref())?;
        Ok(Self {
            kid: point.thumbprint(),
            algorithm,
            encryption,
            point,
            private,
        })
    }

    /// The private key as a PKCS#8 document (DER), for sealing and storing.
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when the document cannot be written.
    pub fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, JoseError> {
        let document = AsDer::<Pkcs8V1Der<'_>>::as_der(&self.private)
            .map_err(|_| JoseError::Crypto("writing PKCS#8"))?;
        Ok(Secret::new(document.as_ref().to_vec()))
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
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

    /// The public half, to encrypt.
    #[must_use]
    pub fn encrypt_key(&self) -> EncryptKey {
        EncryptKey::new(Some(self.kid.clone()), self.point.clone())
    }

    /// The public half, to publish.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        Jwk::for_encryption(self.kid.clone(), self.algorithm, self.point.clone())
    }

    /// The shared secret with an ephemeral key, as long as the closure runs.
    pub(crate) fn agree<R>(
        &self,
        ephemeral: ParsedPublicKey,
        kdf: impl FnOnce(&[u8]) -> Result<R, JoseError>,
    ) -> Result<R, JoseError> {
        agree(&self.private, ephemeral, JoseError::Decrypt, kdf)
    }
}

impl fmt::Debug for DecryptKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("encryption", &self.encryption)
            .field("private", &"[redacted]")
            .finish()
    }
}

/// The keys with which one party decrypts what was sent to it: the current
/// one, and older ones whose time has not run out.
#[derive(Debug, Clone, Default)]
pub struct DecryptKeySet {
    keys: Vec<Arc<DecryptKey>>,
}

impl DecryptKeySet {
    /// A set of these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = Arc<DecryptKey>>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }

    /// The key that a header asks for: the one with its `kid`, or, when the
    /// header names none, the only one.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when no key, or more than one, fits.
    pub fn select(&self, kid: Option<&KeyId>) -> Result<&DecryptKey, JoseError> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| kid.is_none_or(|kid| &key.kid == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(JoseError::Key("more than one key fits")),
            (None, _) => Err(JoseError::Key("no key fits")),
        }
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[Arc<DecryptKey>] {
        &self.keys
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

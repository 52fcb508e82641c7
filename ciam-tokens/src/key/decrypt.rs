//! Private keys that decrypt.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use aws_lc_rs::agreement::{ECDH_P256, ParsedPublicKey, PrivateKey, agree};
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use ciam_core::Secret;

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::content_key::{ContentKey, ContentKeyHeader};
use crate::error::JoseError;
use crate::jwk::{Jwk, KeyUse};
use crate::key::private_jwk::PrivateP256;
use crate::key::{EncryptKey, KeyId, P256Point};
use crate::port::{Decrypter, PrivateKeyError};

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

    /// The content key of a token that was encrypted to this key.
    pub(crate) fn agreed(&self, header: &ContentKeyHeader) -> Result<ContentKey, JoseError> {
        let ephemeral = header.ephemeral.for_agreement()?;
        self.agree(ephemeral, |secret| header.content_key(secret))
    }
}

#[async_trait]
impl Decrypter for DecryptKey {
    fn kid(&self) -> &KeyId {
        &self.kid
    }

    fn algorithm(&self) -> KeyManagement {
        self.algorithm
    }

    fn encryption(&self) -> ContentEncryption {
        self.encryption
    }

    fn content_key_local(
        &self,
        header: &ContentKeyHeader,
    ) -> Option<Result<ContentKey, PrivateKeyError>> {
        Some(self.agreed(header).map_err(PrivateKeyError::from))
    }

    async fn content_key(&self, header: &ContentKeyHeader) -> Result<ContentKey, PrivateKeyError> {
        Ok(self.agreed(header)?)
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
/// one, and older ones whose time has not run out. Each lies in this process or
/// elsewhere.
#[derive(Debug, Clone, Default)]
pub struct DecryptKeySet {
    keys: Vec<Arc<dyn Decrypter>>,
}

impl DecryptKeySet {
    /// A set of these keys, all of one kind. Keys of several kinds are
    /// collected: `keys.into_iter().collect::<DecryptKeySet>()`.
    #[must_use]
    pub fn new<D: Decrypter>(keys: impl IntoIterator<Item = Arc<D>>) -> Self {
        keys.into_iter()
            .map(|key| -> Arc<dyn Decrypter> { key })
            .collect()
    }

    /// The key that a header asks for: the one with its `kid`, or, when the
    /// header names none, the only one.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when no key, or more than one, fits.
    pub fn select(&self, kid: Option<&KeyId>) -> Result<&Arc<dyn Decrypter>, JoseError> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| kid.is_none_or(|kid| key.kid() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(JoseError::Key("more than one key fits")),
            (None, _) => Err(JoseError::Key("no key fits")),
        }
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[Arc<dyn Decrypter>] {
        &self.keys
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl FromIterator<Arc<dyn Decrypter>> for DecryptKeySet {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Decrypter>>>(keys: I) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }
}

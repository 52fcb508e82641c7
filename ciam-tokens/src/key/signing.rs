//! Private keys that sign.

use std::fmt;

use async_trait::async_trait;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use ciam_core::Secret;

use crate::algorithm::SigningAlgorithm;
use crate::error::JoseError;
use crate::jwk::{Jwk, KeyUse};
use crate::key::private_jwk::PrivateP256;
use crate::key::{KeyId, P256Point, VerifyKey};
use crate::port::{PrivateKeyError, Signature, Signer};

/// A private key that signs with one algorithm. It is parsed once and kept:
/// parsing costs more than half as much as a signature.
///
/// ```
/// use ciam_tokens::{SigningAlgorithm, SigningKey};
///
/// let key = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let stored = key.to_pkcs8()?;
/// let again = SigningKey::from_pkcs8(SigningAlgorithm::Es256, stored.expose())?;
/// assert_eq!(key.kid(), again.kid());
/// # Ok::<(), ciam_tokens::JoseError>(())
/// ```
pub struct SigningKey {
    kid: KeyId,
    algorithm: SigningAlgorithm,
    point: P256Point,
    pair: EcdsaKeyPair,
}

impl SigningKey {
    /// Makes a new key, named by its thumbprint (RFC 7638).
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when the system has no randomness.
    pub fn generate(algorithm: SigningAlgorithm) -> Result<Self, JoseError> {
        let SigningAlgorithm::Es256 = algorithm;
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)
            .map_err(|_| JoseError::Crypto("key generation"))?;
        Self::new(algorithm, pair)
    }

    /// Reads a PKCS#8 document (RFC 5208, DER).
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when it is not a key of this algorithm.
    pub fn from_pkcs8(algorithm: SigningAlgorithm, pkcs8: &[u8]) -> Result<Self, JoseError> {
        let SigningAlgorithm::Es256 = algorithm;
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)
            .map_err(|_| JoseError::Key("not a PKCS#8 document of this algorithm"))?;
        Self::new(algorithm, pair)
    }

    /// Reads a private JWK (RFC 7517, RFC 7518 6.2.2). Its `kid` is kept.
    ///
    /// # Errors
    ///
    /// [`JoseError::Parse`] when it is not strict JSON, [`JoseError::Key`] when
    /// it is not a private P-256 key for signing, or its halves do not belong
    /// together.
    pub fn from_jwk(text: &[u8]) -> Result<Self, JoseError> {
        let private = PrivateP256::parse(text, KeyUse::Signature)?;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            &private.d,
            private.point.as_bytes(),
        )
        .map_err(|_| JoseError::Key("`d` does not belong to `x` and `y`"))?;
        let mut key = Self::new(SigningAlgorithm::Es256, pair)?;
        if let Some(kid) = private.jwk.kid() {
            key.kid = kid.clone();
        }
        Ok(key)
    }

    fn new(algorithm: SigningAlgorithm, pair: EcdsaKeyPair) -> Result<Self, JoseError> {
        let point = P256Point::from_uncompressed(pair.public_key().as_ref())?;
        Ok(Self {
            kid: point.thumbprint(),
            algorithm,
            point,
            pair,
        })
    }

    /// The private key as a PKCS#8 document (DER), for sealing and storing.
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when the document cannot be written.
    pub fn to_pkcs8(&self) -> Result<Secret<Vec<u8>>, JoseError> {
        let document = self
            .pair
            .to_pkcs8v1()
            .map_err(|_| JoseError::Crypto("writing PKCS#8"))?;
        Ok(Secret::new(document.as_ref().to_vec()))
    }

    /// The name of the key.
    #[must_use]
    pub fn kid(&self) -> &KeyId {
        &self.kid
    }

    /// The algorithm that the key is bound to.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The public half, to check signatures.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when the cryptographic library refuses its own key.
    pub fn verify_key(&self) -> Result<VerifyKey, JoseError> {
        VerifyKey::new(Some(self.kid.clone()), self.algorithm, self.point.clone())
    }

    /// The public half, to publish.
    #[must_use]
    pub fn public_jwk(&self) -> Jwk {
        Jwk::for_signature(self.kid.clone(), self.algorithm, self.point.clone())
    }

    /// Signs; the signature is `r || s`, 64 octets (RFC 7518 3.4).
    pub(crate) fn signature(&self, input: &[u8]) -> Result<Signature, JoseError> {
        let SigningAlgorithm::Es256 = self.algorithm;
        let signature = self
            .pair
            .sign(&SystemRandom::new(), input)
            .map_err(|_| JoseError::Crypto("signing"))?;
        Signature::new(self.algorithm, signature.as_ref().to_vec())
    }
}

#[async_trait]
impl Signer for SigningKey {
    fn kid(&self) -> &KeyId {
        &self.kid
    }

    fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    fn sign_local(&self, input: &[u8]) -> Option<Result<Signature, PrivateKeyError>> {
        Some(self.signature(input).map_err(PrivateKeyError::from))
    }

    async fn sign(&self, input: &[u8]) -> Result<Signature, PrivateKeyError> {
        Ok(self.signature(input)?)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("private", &"[redacted]")
            .finish()
    }
}

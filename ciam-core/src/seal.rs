//! Sealing at rest: private keys, vault entries and personal columns.

use async_trait::async_trait;

use crate::crypto::aead::AeadKey;
use crate::outside::Entropy;
use crate::secret::Secret;

/// Sealing or opening failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The bytes were changed, or sealed under another root key or for another place.
    #[error("the sealed bytes do not open with this root key")]
    Corrupt,
    /// The key service did not answer.
    #[error("the key service is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Seals bytes under a root key that never meets the store.
///
/// `context` says where the sealed bytes belong (tenant, column, record). It is
/// authenticated, so that a sealed value moved elsewhere does not open.
#[async_trait]
pub trait KeyWrapper: Send + Sync + 'static {
    /// Seals `plain`.
    ///
    /// # Errors
    /// [`SealError`] when the root key cannot be used.
    async fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError>;

    /// Opens what [`seal`](Self::seal) made with the same `context`.
    ///
    /// # Errors
    /// [`SealError::Corrupt`] when the bytes, the context or the key are others.
    async fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError>;
}

/// A root key in this process: AES-256-GCM.
pub struct LocalKeyWrapper {
    key: AeadKey,
    entropy: Box<dyn Entropy>,
}

impl LocalKeyWrapper {
    /// From a root key of 32 bytes.
    ///
    /// # Errors
    /// [`SealError::Corrupt`] when the primitive refuses the key.
    pub fn new(root: &Secret<[u8; 32]>, entropy: impl Entropy) -> Result<Self, SealError> {
        let key = AeadKey::new(root.expose()).map_err(|_| SealError::Corrupt)?;
        Ok(Self {
            key,
            entropy: Box::new(entropy),
        })
    }
}

#[async_trait]
impl KeyWrapper for LocalKeyWrapper {
    async fn seal(&self, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.key
            .seal(self.entropy.as_ref(), context, plain)
            .map_err(|_| SealError::Corrupt)
    }

    async fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Secret<Vec<u8>>, SealError> {
        self.key
            .open(context, sealed)
            .map(Secret::new)
            .map_err(|_| SealError::Corrupt)
    }
}

impl std::fmt::Debug for LocalKeyWrapper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("LocalKeyWrapper([redacted])")
    }
}

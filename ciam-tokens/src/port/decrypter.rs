//! Private keys that decrypt.

use std::fmt;

use async_trait::async_trait;

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::content_key::{ContentKey, ContentKeyHeader};
use crate::key::KeyId;
use crate::port::PrivateKeyError;

/// A private key to which tokens are encrypted, here or elsewhere. It finds
/// the content key; the content itself is decrypted in this process.
///
/// An adapter for a key service implements [`content_key`](Self::content_key)
/// alone: it sends [`ContentKeyHeader::ephemeral_key`], and gives the shared
/// secret that comes back to [`ContentKeyHeader::content_key`]. It brings its
/// own time limit and its own limit of requests at once: anybody can encrypt
/// to a published key, so strangers decide how often it is asked.
#[async_trait]
pub trait Decrypter: Send + Sync + 'static {
    /// The name of the key.
    fn kid(&self) -> &KeyId;

    /// How the content key is agreed on.
    fn algorithm(&self) -> KeyManagement;

    /// How the content is encrypted.
    fn encryption(&self) -> ContentEncryption;

    /// The content key, when the private key is in this process: no waiting,
    /// no future. `None` sends the caller to [`content_key`](Self::content_key).
    fn content_key_local(
        &self,
        header: &ContentKeyHeader,
    ) -> Option<Result<ContentKey, PrivateKeyError>> {
        let _ = header;
        None
    }

    /// The content key of a token that was encrypted to this key.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError::Refused`] with
    /// [`JoseError::Decrypt`](crate::JoseError::Decrypt) when it is the
    /// token's fault, [`PrivateKeyError::Unavailable`] when the key cannot be
    /// used now.
    async fn content_key(&self, header: &ContentKeyHeader) -> Result<ContentKey, PrivateKeyError>;
}

impl dyn Decrypter {
    /// The content key, at once where that is possible.
    pub(crate) async fn agreed(
        &self,
        header: &ContentKeyHeader,
    ) -> Result<ContentKey, PrivateKeyError> {
        match self.content_key_local(header) {
            Some(key) => key,
            None => self.content_key(header).await,
        }
    }
}

impl fmt::Debug for dyn Decrypter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decrypter")
            .field("kid", self.kid())
            .field("algorithm", &self.algorithm())
            .field("encryption", &self.encryption())
            .finish_non_exhaustive()
    }
}

//! The port for the provider's own keys.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::encoding::bytes_as_b64url;
use crate::id::TenantId;
use crate::time::Timestamp;

/// What a key is for (RFC 7517 section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyUse {
    /// Signing.
    Sig,
    /// Decrypting.
    Enc,
}

/// One private key, sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// What it is for.
    pub key_use: KeyUse,
    /// The algorithm it is bound to (`ES256`, `ECDH-ES`).
    pub algorithm: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// The private key, sealed by a [`KeyWrapper`](crate::seal::KeyWrapper).
    #[serde(with = "bytes_as_b64url")]
    pub sealed: Vec<u8>,
}

/// All keys of a tenant at one generation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySetRecord {
    /// Raised with each change; 0 when there is none yet.
    pub generation: u64,
    /// The keys.
    pub keys: Vec<KeyRecord>,
}

/// Sealed keys. One of N nodes changes them, by compare and set.
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    /// All keys of the tenant.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn keys(&self, tenant: &TenantId) -> Result<KeySetRecord, StoreError>;

    /// Replaces the keys when the stored generation is `expected`; `false` when
    /// another node was first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn replace_keys(
        &self,
        tenant: &TenantId,
        expected: u64,
        keys: Vec<KeyRecord>,
    ) -> Result<bool, StoreError>;
}

//! The port of the vault: surrogates and their sealed values.

use async_trait::async_trait;

use super::StoreError;
use crate::crypto::Digest;
use crate::id::TenantId;
use crate::time::Timestamp;

/// One sensitive value and its surrogate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultEntry {
    /// Which kind of value (`national_id`): the same value has other surrogates elsewhere.
    pub domain: String,
    /// Keyed digest of the value, to find its surrogate again.
    pub lookup: Digest,
    /// What stands for it.
    pub surrogate: String,
    /// The value, sealed.
    pub sealed: Vec<u8>,
    /// When it was put in.
    pub created_at: Timestamp,
}

/// Answer of [`VaultStore::put`].
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VaultPut {
    /// The entry is stored.
    Stored,
    /// The value has this entry already; nothing was stored.
    Existing(VaultEntry),
}

/// Surrogates and their sealed values.
#[async_trait]
pub trait VaultStore: Send + Sync + 'static {
    /// Stores the entry unless (tenant, domain, lookup) has one. Of concurrent
    /// callers one stores, and all see the same surrogate.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the surrogate belongs to another value.
    async fn put(&self, tenant: &TenantId, entry: VaultEntry) -> Result<VaultPut, StoreError>;

    /// The entry with this surrogate.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn by_surrogate(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<Option<VaultEntry>, StoreError>;

    /// Forgets the value behind a surrogate; says whether there was one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn forget(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<bool, StoreError>;
}

//! The port for messages that must be delivered.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::id::TenantId;
use crate::time::Timestamp;

/// A message to deliver: back-channel logout, CIBA ping, mail.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its number, given by the store; 0 when new.
    pub id: u64,
    /// Who delivers it (`mail`, `backchannel_logout`).
    pub kind: String,
    /// What the deliverer needs, sealed where it is personal.
    pub payload: Vec<u8>,
    /// Not before this moment.
    pub due_at: Timestamp,
    /// How often it was leased.
    pub attempts: u32,
}

impl std::fmt::Debug for OutboxItem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OutboxItem")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// Messages that survive a crash and are delivered at least once.
#[async_trait]
pub trait Outbox: Send + Sync + 'static {
    /// Keeps a message; returns its number.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn enqueue(&self, tenant: &TenantId, item: OutboxItem) -> Result<u64, StoreError>;

    /// Takes up to `limit` due messages for `lease`; nobody else gets them until it ends.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn lease(
        &self,
        tenant: &TenantId,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, StoreError>;

    /// Removes a delivered message; says whether it was there.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn complete(&self, tenant: &TenantId, id: u64) -> Result<bool, StoreError>;
}

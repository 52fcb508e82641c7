//! The port for limits over N nodes.

use std::time::Duration;

use async_trait::async_trait;

use super::StoreError;
use crate::crypto::Digest;
use crate::id::TenantId;
use crate::time::Timestamp;

/// Answer of [`RateStore::take`].
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Go ahead; this one is counted.
    Allowed,
    /// Too many; try again at this moment.
    RetryAt(Timestamp),
}

/// Limits and lock-outs.
#[async_trait]
pub trait RateStore: Send + Sync + 'static {
    /// Counts one event of `key` unless `limit` of them were counted in the window
    /// that began with the first. Concurrent callers are each counted.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the caller must then refuse.
    async fn take(
        &self,
        tenant: &TenantId,
        key: &Digest,
        limit: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Rate, StoreError>;

    /// Takes back one event that [`take`](Self::take) counted, when its window is
    /// still open at `now`: what went well need not count.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the event stays counted.
    async fn give_back(
        &self,
        tenant: &TenantId,
        key: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError>;
}

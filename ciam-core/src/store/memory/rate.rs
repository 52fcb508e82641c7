use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::crypto::Digest;
use crate::id::TenantId;
use crate::store::{Rate, RateStore, StoreError};
use crate::time::Timestamp;

#[async_trait]
impl RateStore for MemoryStore {
    async fn take(
        &self,
        tenant: &TenantId,
        key: &Digest,
        limit: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Rate, StoreError> {
        let mut tables = self.tables().await?;
        let (until, count) = tables
            .rates
            .entry((*tenant, *key))
            .or_insert((now + window, 0));
        if *until <= now {
            (*until, *count) = (now + window, 0);
        }
        if *count >= limit {
            return Ok(Rate::RetryAt(*until));
        }
        *count += 1;
        Ok(Rate::Allowed)
    }

    async fn give_back(
        &self,
        tenant: &TenantId,
        key: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tables = self.tables().await?;
        if let Some((until, count)) = tables.rates.get_mut(&(*tenant, *key))
            && now < *until
        {
            *count = count.saturating_sub(1);
        }
        Ok(())
    }
}

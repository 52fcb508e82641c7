use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::id::TenantId;
use crate::store::{Outbox, OutboxItem, StoreError};
use crate::time::Timestamp;

#[async_trait]
impl Outbox for MemoryStore {
    async fn enqueue(&self, tenant: &TenantId, mut item: OutboxItem) -> Result<u64, StoreError> {
        let mut tables = self.tables().await?;
        tables.outbox_last += 1;
        item.id = tables.outbox_last;
        let id = item.id;
        tables.outbox.insert(id, (*tenant, item));
        Ok(id)
    }

    async fn lease(
        &self,
        tenant: &TenantId,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let mut tables = self.tables().await?;
        let due = tables
            .outbox
            .values_mut()
            .filter(|(of, item)| of == tenant && item.due_at <= now)
            .take(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(due
            .map(|(_, item)| {
                item.due_at = now + lease;
                item.attempts += 1;
                item.clone()
            })
            .collect())
    }

    async fn complete(&self, tenant: &TenantId, id: u64) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let mine = tables.outbox.get(&id).is_some_and(|(of, _)| of == tenant);
        if mine {
            tables.outbox.remove(&id);
        }
        Ok(mine)
    }
}

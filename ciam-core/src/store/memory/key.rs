use async_trait::async_trait;

use super::MemoryStore;
use crate::id::TenantId;
use crate::store::{KeyRecord, KeySetRecord, KeyStore, StoreError};

#[async_trait]
impl KeyStore for MemoryStore {
    async fn keys(&self, tenant: &TenantId) -> Result<KeySetRecord, StoreError> {
        Ok(self
            .tables()
            .await?
            .keys
            .get(tenant)
            .cloned()
            .unwrap_or_default())
    }

    async fn replace_keys(
        &self,
        tenant: &TenantId,
        expected: u64,
        keys: Vec<KeyRecord>,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let stored = tables.keys.entry(*tenant).or_default();
        if stored.generation != expected {
            return Ok(false);
        }
        *stored = KeySetRecord {
            generation: expected + 1,
            keys,
        };
        Ok(true)
    }
}

use async_trait::async_trait;

use super::MemoryStore;
use crate::id::TenantId;
use crate::store::{StoreError, VaultEntry, VaultPut, VaultStore};

#[async_trait]
impl VaultStore for MemoryStore {
    async fn put(&self, tenant: &TenantId, entry: VaultEntry) -> Result<VaultPut, StoreError> {
        let mut tables = self.tables().await?;
        let key = (*tenant, entry.domain.clone(), entry.lookup);
        if let Some(existing) = tables.vault.get(&key) {
            return Ok(VaultPut::Existing(existing.clone()));
        }
        let taken = tables.vault.iter().any(|((of, domain, _), e)| {
            of == tenant && *domain == entry.domain && e.surrogate == entry.surrogate
        });
        if taken {
            return Err(StoreError::Conflict);
        }
        tables.vault.insert(key, entry);
        Ok(VaultPut::Stored)
    }

    async fn by_surrogate(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<Option<VaultEntry>, StoreError> {
        let tables = self.tables().await?;
        let found = tables
            .vault
            .iter()
            .find(|((of, d, _), e)| of == tenant && d == domain && e.surrogate == surrogate);
        Ok(found.map(|(_, entry)| entry.clone()))
    }

    async fn forget(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let before = tables.vault.len();
        tables
            .vault
            .retain(|(of, d, _), e| !(of == tenant && d == domain && e.surrogate == surrogate));
        Ok(tables.vault.len() < before)
    }
}

use async_trait::async_trait;

use super::MemoryStore;
use crate::id::{ClientId, SubjectId, TenantId};
use crate::store::{Consent, ConsentStore, StoreError};

#[async_trait]
impl ConsentStore for MemoryStore {
    async fn consent(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        Ok(self
            .tables()
            .await?
            .consents
            .get(&(*tenant, *subject, client.clone()))
            .cloned())
    }

    async fn allow(&self, tenant: &TenantId, mut consent: Consent) -> Result<(), StoreError> {
        let mut tables = self.tables().await?;
        let key = (*tenant, consent.subject, consent.client.clone());
        if let Some(before) = tables.consents.get(&key) {
            consent.scopes = before
                .scopes
                .iter()
                .chain(consent.scopes.iter())
                .cloned()
                .collect();
        }
        tables.consents.insert(key, consent);
        Ok(())
    }

    async fn consents(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Vec<Consent>, StoreError> {
        let tables = self.tables().await?;
        let mine = tables
            .consents
            .iter()
            .filter(|((of, who, _), _)| of == tenant && who == subject);
        Ok(mine.map(|(_, consent)| consent.clone()).collect())
    }

    async fn withdraw(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        Ok(tables
            .consents
            .remove(&(*tenant, *subject, client.clone()))
            .is_some())
    }
}

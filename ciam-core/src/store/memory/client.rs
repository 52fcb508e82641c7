use async_trait::async_trait;

use super::MemoryStore;
use crate::api::Api;
use crate::client::Client;
use crate::id::{ClientId, TenantId};
use crate::store::{ClientStore, StoreError};

#[async_trait]
impl ClientStore for MemoryStore {
    async fn client(&self, tenant: &TenantId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        Ok(self
            .tables()
            .await?
            .clients
            .get(&(*tenant, id.clone()))
            .cloned())
    }

    async fn put_client(&self, tenant: &TenantId, client: Client) -> Result<(), StoreError> {
        self.tables()
            .await?
            .clients
            .insert((*tenant, client.id.clone()), client);
        Ok(())
    }

    async fn apis(&self, tenant: &TenantId) -> Result<Vec<Api>, StoreError> {
        let tables = self.tables().await?;
        Ok(tables
            .apis
            .iter()
            .filter(|((of, _), _)| of == tenant)
            .map(|(_, api)| api.clone())
            .collect())
    }

    async fn put_api(&self, tenant: &TenantId, api: Api) -> Result<(), StoreError> {
        self.tables()
            .await?
            .apis
            .insert((*tenant, api.audience.clone()), api);
        Ok(())
    }
}

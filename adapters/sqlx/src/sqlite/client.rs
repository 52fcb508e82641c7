use async_trait::async_trait;
use ciam_core::api::Api;
use ciam_core::client::Client;
use ciam_core::store::ClientStore;
use ciam_core::{ClientId, StoreError, TenantId};

use super::error::store_error;
use super::row::{Columns as _, json};
use super::{SqliteStore, change};

#[async_trait]
impl ClientStore for SqliteStore {
    async fn client(&self, tenant: &TenantId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        let row =
            sqlx::query("SELECT document FROM ciam_clients WHERE tenant = ?1 AND client = ?2")
                .bind(tenant.as_bytes().as_slice())
                .bind(id.as_str().to_owned())
                .fetch_optional(&self.readers)
                .await
                .map_err(store_error)?;
        row.map(|row| row.document("document")).transpose()
    }

    async fn put_client(&self, tenant: &TenantId, client: Client) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO ciam_clients (tenant, client, document) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, client) DO UPDATE SET document = excluded.document",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(client.id.as_str().to_owned())
        .bind(json(&client)?);
        change(query, &self.writer).await.map(drop)
    }

    async fn apis(&self, tenant: &TenantId) -> Result<Vec<Api>, StoreError> {
        let rows =
            sqlx::query("SELECT document FROM ciam_apis WHERE tenant = ?1 ORDER BY audience")
                .bind(tenant.as_bytes().as_slice())
                .fetch_all(&self.readers)
                .await
                .map_err(store_error)?;
        rows.iter().map(|row| row.document("document")).collect()
    }

    async fn put_api(&self, tenant: &TenantId, api: Api) -> Result<(), StoreError> {
        let query = sqlx::query(
            "INSERT INTO ciam_apis (tenant, audience, document) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, audience) DO UPDATE SET document = excluded.document",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(api.audience.clone())
        .bind(json(&api)?);
        change(query, &self.writer).await.map(drop)
    }
}

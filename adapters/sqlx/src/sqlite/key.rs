use async_trait::async_trait;
use ciam_core::store::{KeyRecord, KeySetRecord, KeyStore};
use ciam_core::{StoreError, TenantId};

use super::error::store_error;
use super::row::{Columns as _, json, stored};
use super::{SqliteStore, change};

#[async_trait]
impl KeyStore for SqliteStore {
    async fn keys(&self, tenant: &TenantId) -> Result<KeySetRecord, StoreError> {
        let row = sqlx::query("SELECT generation, document FROM ciam_key_sets WHERE tenant = ?1")
            .bind(tenant.as_bytes().as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        let Some(row) = row else {
            return Ok(KeySetRecord::default());
        };
        Ok(KeySetRecord {
            generation: row.counter("generation")?,
            keys: row.document("document")?,
        })
    }

    async fn replace_keys(
        &self,
        tenant: &TenantId,
        expected: u64,
        keys: Vec<KeyRecord>,
    ) -> Result<bool, StoreError> {
        let sql = match expected {
            0 => {
                "INSERT INTO ciam_key_sets (tenant, generation, document)
                 VALUES (?1, ?2 + 1, ?3) ON CONFLICT (tenant) DO NOTHING"
            }
            _ => {
                "UPDATE ciam_key_sets SET generation = ?2 + 1, document = ?3
                 WHERE tenant = ?1 AND generation = ?2"
            }
        };
        let query = sqlx::query(sql)
            .bind(tenant.as_bytes().as_slice())
            .bind(stored(expected))
            .bind(json(&keys)?);
        Ok(change(query, &self.writer).await? == 1)
    }
}

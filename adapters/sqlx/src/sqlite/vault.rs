use async_trait::async_trait;
use ciam_core::crypto::Digest;
use ciam_core::store::{VaultEntry, VaultPut, VaultStore};
use ciam_core::{StoreError, TenantId};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::error::store_error;
use super::row::Columns as _;
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl VaultStore for SqliteStore {
    async fn put(&self, tenant: &TenantId, entry: VaultEntry) -> Result<VaultPut, StoreError> {
        let mut tx = self.transaction().await?;
        if let Some(existing) = by_lookup(on(&mut tx), tenant, &entry.domain, &entry.lookup).await?
        {
            return Ok(VaultPut::Existing(existing));
        }
        let query = sqlx::query(
            "INSERT INTO ciam_vault (tenant, domain, lookup, surrogate, sealed, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(entry.domain)
        .bind(entry.lookup.as_slice())
        .bind(entry.surrogate)
        .bind(entry.sealed)
        .bind(entry.created_at.as_millis());
        change(query, on(&mut tx)).await?;
        commit(tx).await?;
        Ok(VaultPut::Stored)
    }

    async fn by_surrogate(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<Option<VaultEntry>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM ciam_vault WHERE tenant = ?1 AND domain = ?2 AND surrogate = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(domain.to_owned())
        .bind(surrogate.to_owned())
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.as_ref().map(entry).transpose()
    }

    async fn forget(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "DELETE FROM ciam_vault WHERE tenant = ?1 AND domain = ?2 AND surrogate = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(domain.to_owned())
        .bind(surrogate.to_owned());
        Ok(change(query, &self.writer).await? == 1)
    }
}

async fn by_lookup(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    domain: &str,
    lookup: &Digest,
) -> Result<Option<VaultEntry>, StoreError> {
    let row =
        sqlx::query("SELECT * FROM ciam_vault WHERE tenant = ?1 AND domain = ?2 AND lookup = ?3")
            .bind(tenant.as_bytes().as_slice())
            .bind(domain.to_owned())
            .bind(lookup.as_slice())
            .fetch_optional(connection)
            .await
            .map_err(store_error)?;
    row.as_ref().map(entry).transpose()
}

fn entry(row: &SqliteRow) -> Result<VaultEntry, StoreError> {
    Ok(VaultEntry {
        domain: row.text("domain")?,
        lookup: row.array("lookup")?,
        surrogate: row.text("surrogate")?,
        sealed: row.bytes("sealed")?,
        created_at: row.time("created_at")?,
    })
}

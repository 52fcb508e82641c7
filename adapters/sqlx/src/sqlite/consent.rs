use async_trait::async_trait;
use ciam_core::store::{Consent, ConsentStore};
use ciam_core::{ClientId, Scopes, StoreError, SubjectId, TenantId};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::error::store_error;
use super::row::Columns as _;
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl ConsentStore for SqliteStore {
    async fn consent(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError> {
        load(on(&mut self.snapshot().await?), tenant, subject, client).await
    }

    async fn allow(&self, tenant: &TenantId, consent: Consent) -> Result<(), StoreError> {
        let mut tx = self.transaction().await?;
        let before = load(on(&mut tx), tenant, &consent.subject, &consent.client).await?;
        let before = before.map(|b| b.scopes).unwrap_or_default();
        let scopes: Scopes = before
            .iter()
            .chain(consent.scopes.iter())
            .cloned()
            .collect();
        let query = sqlx::query(
            "INSERT INTO ciam_consents (tenant, subject, client, scopes, at)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (tenant, subject, client)
             DO UPDATE SET scopes = excluded.scopes, at = excluded.at",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(consent.subject.as_bytes().as_slice())
        .bind(consent.client.as_str().to_owned())
        .bind(scopes.to_string())
        .bind(consent.at.as_millis());
        change(query, on(&mut tx)).await?;
        commit(tx).await
    }

    async fn consents(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Vec<Consent>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM ciam_consents WHERE tenant = ?1 AND subject = ?2 ORDER BY client",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        rows.iter().map(consent).collect()
    }

    async fn withdraw(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "DELETE FROM ciam_consents WHERE tenant = ?1 AND subject = ?2 AND client = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .bind(client.as_str().to_owned());
        Ok(change(query, &self.writer).await? == 1)
    }
}

async fn load(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    subject: &SubjectId,
    client: &ClientId,
) -> Result<Option<Consent>, StoreError> {
    let row = sqlx::query(
        "SELECT * FROM ciam_consents WHERE tenant = ?1 AND subject = ?2 AND client = ?3",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(subject.as_bytes().as_slice())
    .bind(client.as_str().to_owned())
    .fetch_optional(connection)
    .await
    .map_err(store_error)?;
    row.as_ref().map(consent).transpose()
}

fn consent(row: &SqliteRow) -> Result<Consent, StoreError> {
    Ok(Consent {
        subject: SubjectId::from_bytes(row.array("subject")?),
        client: row.parsed("client")?,
        scopes: row.parsed("scopes")?,
        at: row.time("at")?,
    })
}

use async_trait::async_trait;
use ciam_core::settings::{Revision, SettingsDocument, SettingsKind};
use ciam_core::store::{Published, SettingsStore};
use ciam_core::{StoreError, TenantId, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::error::store_error;
use super::row::{Columns as _, stored};
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl SettingsStore for SqliteStore {
    async fn active(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Option<SettingsDocument>, StoreError> {
        let row = sqlx::query(
            "SELECT s.* FROM ciam_settings_active AS a JOIN ciam_settings AS s
                ON s.tenant = a.tenant AND s.kind = a.kind AND s.revision = a.revision
             WHERE a.tenant = ?1 AND a.kind = ?2",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(kind.as_str())
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| document(kind, &row)).transpose()
    }

    async fn at(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        revision: Revision,
    ) -> Result<Option<SettingsDocument>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM ciam_settings WHERE tenant = ?1 AND kind = ?2 AND revision = ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(kind.as_str())
        .bind(stored(revision.0))
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| document(kind, &row)).transpose()
    }

    async fn history(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Vec<SettingsDocument>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM ciam_settings WHERE tenant = ?1 AND kind = ?2 ORDER BY revision DESC",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(kind.as_str())
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        rows.iter().map(|row| document(kind, row)).collect()
    }

    async fn publish(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        expected: Revision,
        body: String,
        now: Timestamp,
    ) -> Result<Published, StoreError> {
        let mut tx = self.transaction().await?;
        let (active, newest) = revisions(on(&mut tx), tenant, kind).await?;
        if active != expected {
            return Ok(Published::Conflict(active));
        }
        let revision = Revision(newest.0 + 1);
        let query = sqlx::query(
            "INSERT INTO ciam_settings (tenant, kind, revision, published_at, body)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(kind.as_str())
        .bind(stored(revision.0))
        .bind(now.as_millis())
        .bind(body);
        change(query, on(&mut tx)).await?;
        let query = sqlx::query(
            "INSERT INTO ciam_settings_active (tenant, kind, revision) VALUES (?1, ?2, ?3)
             ON CONFLICT (tenant, kind) DO UPDATE SET revision = excluded.revision",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(kind.as_str())
        .bind(stored(revision.0));
        change(query, on(&mut tx)).await?;
        commit(tx).await?;
        Ok(Published::Published(revision))
    }

    async fn changed_since(
        &self,
        tenant: &TenantId,
        revision: Revision,
    ) -> Result<Vec<(SettingsKind, Revision)>, StoreError> {
        let rows = sqlx::query(
            "SELECT kind, revision FROM ciam_settings_active WHERE tenant = ?1 AND revision > ?2",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(stored(revision.0))
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        let mut changed = Vec::with_capacity(rows.len());
        for row in rows {
            let name = row.text("kind")?;
            // A kind that only a newer version knows does not concern this one.
            if let Some(kind) = SettingsKind::ALL.into_iter().find(|k| k.as_str() == name) {
                changed.push((kind, Revision(row.counter("revision")?)));
            }
        }
        Ok(changed)
    }
}

/// The active revision of the kind and the newest of the tenant; 0 when there is none.
async fn revisions(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    kind: SettingsKind,
) -> Result<(Revision, Revision), StoreError> {
    let row = sqlx::query(
        "SELECT coalesce(max(revision) FILTER (WHERE kind = ?2), 0) AS active,
                coalesce(max(revision), 0) AS newest
         FROM ciam_settings_active WHERE tenant = ?1",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(kind.as_str())
    .fetch_one(tx)
    .await
    .map_err(store_error)?;
    Ok((
        Revision(row.counter("active")?),
        Revision(row.counter("newest")?),
    ))
}

fn document(kind: SettingsKind, row: &SqliteRow) -> Result<SettingsDocument, StoreError> {
    Ok(SettingsDocument {
        kind,
        revision: Revision(row.counter("revision")?),
        published_at: row.time("published_at")?,
        body: row.text("body")?,
    })
}

use std::time::Duration;

use async_trait::async_trait;
use ciam_core::store::{Outbox, OutboxItem};
use ciam_core::{StoreError, TenantId, Timestamp};
use sqlx::sqlite::SqliteRow;

use super::error::store_error;
use super::row::{Columns as _, stored};
use super::{SqliteStore, change};

#[async_trait]
impl Outbox for SqliteStore {
    async fn enqueue(&self, tenant: &TenantId, item: OutboxItem) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "INSERT INTO ciam_outbox (tenant, kind, payload, due_at, attempts)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(item.kind)
        .bind(item.payload)
        .bind(item.due_at.as_millis())
        .bind(i64::from(item.attempts))
        .execute(&self.writer)
        .await
        .map_err(store_error)?;
        u64::try_from(done.last_insert_rowid()).map_err(StoreError::corrupt)
    }

    async fn lease(
        &self,
        tenant: &TenantId,
        limit: u32,
        lease: Duration,
        now: Timestamp,
    ) -> Result<Vec<OutboxItem>, StoreError> {
        let rows = sqlx::query(
            "UPDATE ciam_outbox SET due_at = ?4, attempts = attempts + 1
             WHERE id IN (SELECT id FROM ciam_outbox WHERE tenant = ?1 AND due_at <= ?2
                          ORDER BY due_at, id LIMIT ?3)
             RETURNING *",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(now.as_millis())
        .bind(i64::from(limit))
        .bind((now + lease).as_millis())
        .fetch_all(&self.writer)
        .await
        .map_err(store_error)?;
        // RETURNING promises no order.
        let mut items = rows.iter().map(item).collect::<Result<Vec<_>, _>>()?;
        items.sort_by_key(|item| item.id);
        Ok(items)
    }

    async fn complete(&self, tenant: &TenantId, id: u64) -> Result<bool, StoreError> {
        let query = sqlx::query("DELETE FROM ciam_outbox WHERE tenant = ?1 AND id = ?2")
            .bind(tenant.as_bytes().as_slice())
            .bind(stored(id));
        Ok(change(query, &self.writer).await? == 1)
    }
}

fn item(row: &SqliteRow) -> Result<OutboxItem, StoreError> {
    Ok(OutboxItem {
        id: row.counter("id")?,
        kind: row.text("kind")?,
        payload: row.bytes("payload")?,
        due_at: row.time("due_at")?,
        attempts: u32::try_from(row.integer("attempts")?).map_err(StoreError::corrupt)?,
    })
}

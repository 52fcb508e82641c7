use std::time::Duration;

use async_trait::async_trait;
use ciam_core::crypto::Digest;
use ciam_core::store::{Rate, RateStore};
use ciam_core::{StoreError, TenantId, Timestamp};

use super::error::store_error;
use super::row::Columns as _;
use super::{SqliteStore, change};

#[async_trait]
impl RateStore for SqliteStore {
    async fn take(
        &self,
        tenant: &TenantId,
        key: &Digest,
        limit: u32,
        window: Duration,
        now: Timestamp,
    ) -> Result<Rate, StoreError> {
        let query = sqlx::query(
            "INSERT INTO ciam_rates (tenant, key, ends_at, count)
             SELECT ?1, ?2, ?3, 1 WHERE ?5 > 0
             ON CONFLICT (tenant, key) DO UPDATE SET
                count = CASE WHEN ends_at <= ?4 THEN 1 ELSE count + 1 END,
                ends_at = CASE WHEN ends_at <= ?4 THEN excluded.ends_at ELSE ends_at END
             WHERE ends_at <= ?4 OR count < ?5",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.as_slice())
        .bind((now + window).as_millis())
        .bind(now.as_millis())
        .bind(i64::from(limit));
        if change(query, &self.writer).await? == 1 {
            return Ok(Rate::Allowed);
        }
        let row = sqlx::query("SELECT ends_at FROM ciam_rates WHERE tenant = ?1 AND key = ?2")
            .bind(tenant.as_bytes().as_slice())
            .bind(key.as_slice())
            .fetch_optional(&self.readers)
            .await
            .map_err(store_error)?;
        // No row: the limit is 0, or the window has just been purged.
        Ok(Rate::RetryAt(match row {
            Some(row) => row.time("ends_at")?,
            None => now + window,
        }))
    }

    async fn give_back(
        &self,
        tenant: &TenantId,
        key: &Digest,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(
            "UPDATE ciam_rates SET count = count - 1
             WHERE tenant = ?1 AND key = ?2 AND ends_at > ?3 AND count > 0",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.as_slice())
        .bind(now.as_millis());
        change(query, &self.writer).await?;
        Ok(())
    }
}

//! Removing what nothing can ask for any more.

use ciam_core::{StoreError, Timestamp};

use crate::sqlite::{SqliteStore, change};

impl SqliteStore {
    /// Grants come last: a revoked one must outlive its records.
    pub(super) async fn purge_rows(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = u64::from(limit);
        for sql in PURGES {
            if left == 0 {
                break;
            }
            let query = sqlx::query(sql)
                .bind(now.as_millis())
                .bind(i64::try_from(left).unwrap_or(i64::MAX));
            left = left.saturating_sub(change(query, &self.writer).await?);
        }
        Ok(u64::from(limit) - left)
    }
}

const PURGES: [&str; 5] = [
    "DELETE FROM ciam_records WHERE rowid IN
        (SELECT rowid FROM ciam_records WHERE remembered_until <= ?1 LIMIT ?2)",
    "DELETE FROM ciam_once WHERE rowid IN
        (SELECT rowid FROM ciam_once WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM ciam_rates WHERE rowid IN
        (SELECT rowid FROM ciam_rates WHERE ends_at <= ?1 LIMIT ?2)",
    "DELETE FROM ciam_sessions WHERE rowid IN
        (SELECT rowid FROM ciam_sessions WHERE ends_at <= ?1 LIMIT ?2)",
    "DELETE FROM ciam_grants WHERE rowid IN
        (SELECT rowid FROM ciam_grants WHERE remembered_until <= ?1 LIMIT ?2)",
];

//! Removing what nothing can ask for any more.

use ciam_core::{StoreError, Timestamp, audit};

use crate::sqlite::{SqliteStore, change};

impl SqliteStore {
    /// Grants come last: a revoked one must outlive its records.
    pub(super) async fn purge_rows(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut left = u64::from(limit);
        let retention = i64::try_from(audit::RETENTION.as_millis()).unwrap_or(i64::MAX);
        for (sql, age) in PURGES {
            if left == 0 {
                break;
            }
            let before = match age {
                Age::Over => now.as_millis(),
                Age::Retained => now.as_millis().saturating_sub(retention),
            };
            let query = sqlx::query(sql)
                .bind(before)
                .bind(i64::try_from(left).unwrap_or(i64::MAX));
            left = left.saturating_sub(change(query, &self.writer).await?);
        }
        Ok(u64::from(limit) - left)
    }
}

/// What the time in a row means.
enum Age {
    /// From then on nothing asks for it.
    Over,
    /// It is kept for [`audit::RETENTION`] after that.
    Retained,
}

const PURGES: [(&str, Age); 6] = [
    (
        "DELETE FROM ciam_records WHERE rowid IN
            (SELECT rowid FROM ciam_records WHERE remembered_until <= ?1 LIMIT ?2)",
        Age::Over,
    ),
    (
        "DELETE FROM ciam_once WHERE rowid IN
            (SELECT rowid FROM ciam_once WHERE expires_at <= ?1 LIMIT ?2)",
        Age::Over,
    ),
    (
        "DELETE FROM ciam_rates WHERE rowid IN
            (SELECT rowid FROM ciam_rates WHERE ends_at <= ?1 LIMIT ?2)",
        Age::Over,
    ),
    (
        "DELETE FROM ciam_sessions WHERE rowid IN
            (SELECT rowid FROM ciam_sessions WHERE ends_at <= ?1 LIMIT ?2)",
        Age::Over,
    ),
    (
        "DELETE FROM ciam_audit WHERE id IN
            (SELECT id FROM ciam_audit WHERE at <= ?1 LIMIT ?2)",
        Age::Retained,
    ),
    (
        "DELETE FROM ciam_grants WHERE rowid IN
            (SELECT rowid FROM ciam_grants WHERE remembered_until <= ?1 LIMIT ?2)",
        Age::Over,
    ),
];

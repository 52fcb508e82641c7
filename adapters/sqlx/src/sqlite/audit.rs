use async_trait::async_trait;
use ciam_core::StoreError;
use ciam_core::audit::{AuditEvent, AuditSink};

use super::row::as_word;
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl AuditSink for SqliteStore {
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let mut tx = self.transaction().await?;
        for event in events {
            let query = sqlx::query(
                "INSERT INTO ciam_audit
                    (tenant, at, kind, outcome, client, subject, reason, correlation)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )
            .bind(event.tenant.as_bytes().as_slice())
            .bind(event.at.as_millis())
            .bind(event.kind)
            .bind(as_word(&event.outcome)?)
            .bind(event.client.clone())
            .bind(event.subject.clone())
            .bind(event.reason.clone())
            .bind(event.correlation.clone());
            change(query, on(&mut tx)).await?;
        }
        commit(tx).await
    }
}

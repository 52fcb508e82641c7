use async_trait::async_trait;
use ciam_core::session::{Session, SessionKey, SessionSelector};
use ciam_core::store::SessionStore;
use ciam_core::{StoreError, SubjectId, TenantId, Timestamp};

use super::error::store_error;
use super::row::{Columns as _, json, stored};
use super::{SqliteStore, change, commit, on};

#[async_trait]
impl SessionStore for SqliteStore {
    async fn begin(
        &self,
        tenant: &TenantId,
        key: SessionKey,
        session: Session,
        replaced: Option<SessionKey>,
    ) -> Result<(), StoreError> {
        let mut tx = self.transaction().await?;
        let query = sqlx::query(
            "INSERT INTO ciam_sessions (tenant, digest, session, subject, ends_at, version, document)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.0.as_slice())
        .bind(session.id.as_bytes().as_slice())
        .bind(session.subject.as_bytes().as_slice())
        .bind(ends_at(&session).as_millis())
        .bind(stored(session.version))
        .bind(json(&session)?);
        change(query, on(&mut tx)).await?;
        if let Some(old) = replaced {
            let query = sqlx::query("DELETE FROM ciam_sessions WHERE tenant = ?1 AND digest = ?2")
                .bind(tenant.as_bytes().as_slice())
                .bind(old.0.as_slice());
            change(query, on(&mut tx)).await?;
        }
        commit(tx).await
    }

    async fn session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let row = sqlx::query(
            "SELECT document FROM ciam_sessions WHERE tenant = ?1 AND digest = ?2 AND ends_at > ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.0.as_slice())
        .bind(now.as_millis())
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| row.document("document")).transpose()
    }

    async fn update_session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        mut session: Session,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let seen = session.version;
        session.version += 1;
        let query = sqlx::query(
            "UPDATE ciam_sessions SET session = ?4, subject = ?5, ends_at = ?6,
                                      version = version + 1, document = ?7
             WHERE tenant = ?1 AND digest = ?2 AND version = ?3 AND ends_at > ?8",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.0.as_slice())
        .bind(stored(seen))
        .bind(session.id.as_bytes().as_slice())
        .bind(session.subject.as_bytes().as_slice())
        .bind(ends_at(&session).as_millis())
        .bind(json(&session)?)
        .bind(now.as_millis());
        Ok(change(query, &self.writer).await? == 1)
    }

    async fn sessions(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let rows = sqlx::query(
            "SELECT document FROM ciam_sessions
             WHERE tenant = ?1 AND subject = ?2 AND ends_at > ?3",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(subject.as_bytes().as_slice())
        .bind(now.as_millis())
        .fetch_all(&self.readers)
        .await
        .map_err(store_error)?;
        rows.iter().map(|row| row.document("document")).collect()
    }

    async fn end(&self, tenant: &TenantId, what: &SessionSelector) -> Result<u64, StoreError> {
        let query = match what {
            SessionSelector::Session(id) => {
                sqlx::query("DELETE FROM ciam_sessions WHERE tenant = ?1 AND session = ?2")
                    .bind(tenant.as_bytes().as_slice())
                    .bind(id.as_bytes().as_slice())
            }
            SessionSelector::Subject(subject) => {
                sqlx::query("DELETE FROM ciam_sessions WHERE tenant = ?1 AND subject = ?2")
                    .bind(tenant.as_bytes().as_slice())
                    .bind(subject.as_bytes().as_slice())
            }
        };
        change(query, &self.writer).await
    }
}

/// When [`Session::is_live`] turns false.
fn ends_at(session: &Session) -> Timestamp {
    session.expires_at.min(session.idle_until)
}

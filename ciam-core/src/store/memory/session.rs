use async_trait::async_trait;

use super::MemoryStore;
use crate::id::{SubjectId, TenantId};
use crate::session::{Session, SessionKey, SessionSelector};
use crate::store::{SessionStore, StoreError};
use crate::time::Timestamp;

#[async_trait]
impl SessionStore for MemoryStore {
    async fn begin(
        &self,
        tenant: &TenantId,
        key: SessionKey,
        session: Session,
        replaced: Option<SessionKey>,
    ) -> Result<(), StoreError> {
        let mut tables = self.tables().await?;
        if tables.sessions.contains_key(&(*tenant, key)) {
            return Err(StoreError::Conflict);
        }
        if let Some(old) = replaced {
            tables.sessions.remove(&(*tenant, old));
        }
        tables.sessions.insert((*tenant, key), session);
        Ok(())
    }

    async fn session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError> {
        let tables = self.tables().await?;
        Ok(tables
            .sessions
            .get(&(*tenant, *key))
            .filter(|s| s.is_live(now))
            .cloned())
    }

    async fn update_session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        mut session: Session,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let Some(stored) = tables
            .sessions
            .get_mut(&(*tenant, *key))
            .filter(|stored| stored.version == session.version && stored.is_live(now))
        else {
            return Ok(false);
        };
        session.version += 1;
        *stored = session;
        Ok(true)
    }

    async fn sessions(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError> {
        let tables = self.tables().await?;
        let mine = tables
            .sessions
            .iter()
            .filter(|((of, _), s)| of == tenant && s.subject == *subject && s.is_live(now));
        Ok(mine.map(|(_, session)| session.clone()).collect())
    }

    async fn end(&self, tenant: &TenantId, what: &SessionSelector) -> Result<u64, StoreError> {
        let mut tables = self.tables().await?;
        let before = tables.sessions.len();
        tables.sessions.retain(|(of, _), session| {
            let hit = of == tenant
                && match what {
                    SessionSelector::Session(id) => session.id == *id,
                    SessionSelector::Subject(subject) => session.subject == *subject,
                };
            !hit
        });
        Ok(u64::try_from(before - tables.sessions.len()).unwrap_or(u64::MAX))
    }
}

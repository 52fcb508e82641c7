//! The port for sessions.

use async_trait::async_trait;

use super::StoreError;
use crate::id::{SubjectId, TenantId};
use crate::session::{Session, SessionKey, SessionSelector};
use crate::time::Timestamp;

/// Sessions, by the digest of their cookie.
#[async_trait]
pub trait SessionStore: Send + Sync + 'static {
    /// Stores a session under a new key and, in the same step, forgets the one at
    /// `replaced`: a session's cookie changes at every sign-in.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the key exists.
    async fn begin(
        &self,
        tenant: &TenantId,
        key: SessionKey,
        session: Session,
        replaced: Option<SessionKey>,
    ) -> Result<(), StoreError>;

    /// The session, if it is live at `now`.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        now: Timestamp,
    ) -> Result<Option<Session>, StoreError>;

    /// Replaces the session when it is live at `now` and its stored version is
    /// `session.version`; raises it.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn update_session(
        &self,
        tenant: &TenantId,
        key: &SessionKey,
        session: Session,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// The live sessions of a subject.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn sessions(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        now: Timestamp,
    ) -> Result<Vec<Session>, StoreError>;

    /// Ends sessions; idempotent. Returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it.
    async fn end(&self, tenant: &TenantId, what: &SessionSelector) -> Result<u64, StoreError>;
}

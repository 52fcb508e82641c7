//! The port for settings.

use async_trait::async_trait;

use super::StoreError;
use crate::id::TenantId;
use crate::settings::{Revision, SettingsDocument, SettingsKind};
use crate::time::Timestamp;

/// Answer of [`SettingsStore::publish`].
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Published {
    /// It is active now.
    Published(Revision),
    /// Somebody published first; this is the active revision.
    Conflict(Revision),
}

/// Versioned settings. A published document is never changed.
#[async_trait]
pub trait SettingsStore: Send + Sync + 'static {
    /// The document in force.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn active(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Option<SettingsDocument>, StoreError>;

    /// The document of a revision: a running flow keeps the one it started with.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn at(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        revision: Revision,
    ) -> Result<Option<SettingsDocument>, StoreError>;

    /// All documents of a kind, newest first.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn history(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
    ) -> Result<Vec<SettingsDocument>, StoreError>;

    /// Publishes a document when the active one has revision `expected`
    /// (0 when there is none). The new revision is greater than every other of the tenant.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn publish(
        &self,
        tenant: &TenantId,
        kind: SettingsKind,
        expected: Revision,
        body: String,
        now: Timestamp,
    ) -> Result<Published, StoreError>;

    /// Which kinds have an active document newer than `revision`: one indexed read,
    /// made at each page.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn changed_since(
        &self,
        tenant: &TenantId,
        revision: Revision,
    ) -> Result<Vec<(SettingsKind, Revision)>, StoreError>;
}

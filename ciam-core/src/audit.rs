//! Security events.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;

use crate::id::TenantId;
use crate::store::StoreError;
use crate::time::Timestamp;

/// Something that mattered for security. It never carries a secret or a sensitive attribute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditEvent {
    /// When.
    pub at: Timestamp,
    /// In which tenant.
    pub tenant: TenantId,
    /// What: a fixed, dotted name such as `code.replayed`.
    pub kind: &'static str,
    /// Whether it went well.
    pub outcome: Outcome,
    /// The client concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// The subject concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The reason, for operators: fixed text or an error chain without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The number shown to the person on an error page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
}

/// How something went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused.
    Refused,
    /// It could not be done now.
    Failed,
}

/// How long a store keeps events: 400 days, so that a year can be compared with the
/// one before. Whoever must keep them longer gives the provider a sink of its own.
pub const RETENTION: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// Takes security events.
///
/// A store that keeps them removes those older than [`RETENTION`] in
/// [`StateStore::purge`](crate::store::StateStore::purge).
#[async_trait]
pub trait AuditSink: Send + Sync + 'static {
    /// Keeps the events; returns only when they are durable.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when they could not be kept.
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError>;
}

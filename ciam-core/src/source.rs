//! Sources of attributes and relations.

use async_trait::async_trait;

use crate::attribute::{AttributeName, Attributes};
use crate::id::{SubjectId, TenantId};

/// Why a source gave nothing.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceError {
    /// It did not answer; a required attribute then fails the flow.
    #[error("the attribute source is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It answered with something else than was asked for.
    #[error("the attribute source answered nonsense")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Fetches attributes of a subject.
#[async_trait]
pub trait AttributeSource: Send + Sync + 'static {
    /// Its name, which becomes the provenance of what it gives.
    fn name(&self) -> &str;

    /// The attributes it can give.
    fn provides(&self) -> &[AttributeName];

    /// Fetches those of `want` that it has; a missing one is left out.
    ///
    /// # Errors
    /// [`SourceError`] when it cannot say.
    async fn fetch(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        want: &[AttributeName],
    ) -> Result<Attributes, SourceError>;
}

/// Knows who relates to whom (owner, guardian, member).
#[async_trait]
pub trait RelationSource: Send + Sync + 'static {
    /// The objects that `subject` has `relation` to, as `Type::id` texts.
    ///
    /// # Errors
    /// [`SourceError`] when it cannot say.
    async fn related(
        &self,
        tenant: &TenantId,
        subject: &str,
        relation: &str,
    ) -> Result<Vec<String>, SourceError>;
}

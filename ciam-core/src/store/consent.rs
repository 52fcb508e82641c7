//! The port for consents.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::id::{ClientId, SubjectId, TenantId};
use crate::scope::Scopes;
use crate::time::Timestamp;

/// What a person has allowed a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who.
    pub subject: SubjectId,
    /// To whom.
    pub client: ClientId,
    /// What.
    pub scopes: Scopes,
    /// When last.
    pub at: Timestamp,
}

/// Consents, one per subject and client.
#[async_trait]
pub trait ConsentStore: Send + Sync + 'static {
    /// The consent, if there is one.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn consent(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<Option<Consent>, StoreError>;

    /// Adds the scopes to what was allowed before, in one step.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn allow(&self, tenant: &TenantId, consent: Consent) -> Result<(), StoreError>;

    /// All consents of a subject.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn consents(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
    ) -> Result<Vec<Consent>, StoreError>;

    /// Withdraws it; says whether there was one. Grants are revoked apart.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn withdraw(
        &self,
        tenant: &TenantId,
        subject: &SubjectId,
        client: &ClientId,
    ) -> Result<bool, StoreError>;
}

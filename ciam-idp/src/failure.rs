//! Failures that are ours: never the client's and never the person's fault.

use ciam_core::StoreError;
use ciam_core::seal::SealError;
use ciam_core::token::TokenError;

/// Something we could not do. Answered with 503 (try again) or 500, and never
/// turned into "no": unavailable storage is not `invalid_grant`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It may work in a moment.
    #[error("a service the provider needs is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It will not work without an operator.
    #[error("the provider is misconfigured or its data is damaged")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Failure {
    /// An internal failure with a fixed text.
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Whether trying again may help.
    pub(crate) const fn is_temporary(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Conflict => Self::Unavailable(error.into()),
            StoreError::Corrupt(_) => Self::Internal(error.into()),
        }
    }
}

impl From<SealError> for Failure {
    fn from(error: SealError) -> Self {
        match error {
            SealError::Unavailable(_) => Self::Unavailable(error.into()),
            _ => Self::Internal(error.into()),
        }
    }
}

impl From<TokenError> for Failure {
    fn from(error: TokenError) -> Self {
        match error {
            // A recipient without a key is never answered in clear; a new key may come.
            TokenError::Unavailable(_) | TokenError::NoEncryptionKey => {
                Self::Unavailable(error.into())
            }
            _ => Self::Internal(error.into()),
        }
    }
}

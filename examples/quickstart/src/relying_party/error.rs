//! Why a login or a refresh gave no tokens.

use std::error::Error;
use std::fmt;

use openidconnect::core::CoreErrorResponseType;
use openidconnect::{RequestTokenError, StandardErrorResponse};

use crate::problem::chain;

#[derive(Debug, Clone)]
pub(crate) enum RelyingPartyError {
    /// The provider said no, in the words of OAuth.
    Refused {
        error: String,
        description: Option<String>,
    },
    /// What came back to the redirect URI is not an answer to what was asked.
    Callback(&'static str),
    /// The ID token is not good.
    IdToken(String),
    /// The ID token is signed with a key that the provider did not have when its
    /// keys were loaded.
    UnknownKey,
    /// The provider cannot be reached, or answers nonsense.
    Unusable(String),
}

impl RelyingPartyError {
    pub(super) fn unusable(error: impl Error) -> Self {
        Self::Unusable(chain(&error))
    }

    pub(super) fn of_token_request<E: Error + 'static>(
        error: RequestTokenError<E, StandardErrorResponse<CoreErrorResponseType>>,
    ) -> Self {
        match error {
            RequestTokenError::ServerResponse(said) => Self::Refused {
                error: said.error().as_ref().to_owned(),
                description: said.error_description().cloned(),
            },
            other => Self::unusable(other),
        }
    }

    /// The error code, when it is the provider that refused.
    pub(crate) fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { error, .. } => Some(error),
            _ => None,
        }
    }
}

impl fmt::Display for RelyingPartyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused {
                error,
                description: Some(description),
            } => write!(f, "{error} ({description})"),
            Self::Refused { error, .. } => f.write_str(error),
            Self::Callback(problem) => write!(f, "the answer is not good: {problem}"),
            Self::IdToken(problem) => write!(f, "the ID token is not good: {problem}"),
            Self::UnknownKey => f.write_str("the ID token is not good: its key is unknown"),
            Self::Unusable(problem) => write!(f, "the provider cannot be used: {problem}"),
        }
    }
}

impl Error for RelyingPartyError {}

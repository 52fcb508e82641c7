use ciam_core::Timestamp;
use ciam_core::client::Client;

use crate::failure::Failure;
use crate::parameters::{Parameters, Repeated};

/// A token request of an authenticated client.
#[derive(Debug)]
pub(crate) struct TokenRequest<'a> {
    pub(crate) client: &'a Client,
    pub(crate) parameters: &'a Parameters,
    pub(crate) now: Timestamp,
}

impl TokenRequest<'_> {
    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &'static str) -> Result<&str, RequestError> {
        self.parameters
            .one(name)?
            .ok_or(RequestError::InvalidRequest(missing(name)))
    }
}

/// Why there are no tokens: the `error` of RFC 6749 section 5.2 with a fixed
/// description, or a failure of ours.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("invalid_request: {0}")]
    InvalidRequest(&'static str),
    #[error("invalid_grant: {0}")]
    InvalidGrant(&'static str),
    #[error("unauthorized_client: {0}")]
    UnauthorizedClient(&'static str),
    #[error("unsupported_grant_type: {0}")]
    UnsupportedGrantType(&'static str),
    #[error("invalid_scope: {0}")]
    InvalidScope(&'static str),
    #[error("invalid_target: {0}")]
    InvalidTarget(&'static str),
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl From<Repeated> for RequestError {
    fn from(_: Repeated) -> Self {
        Self::InvalidRequest("a parameter was sent more than once")
    }
}

impl From<ciam_core::StoreError> for RequestError {
    fn from(error: ciam_core::StoreError) -> Self {
        Self::Failure(error.into())
    }
}

fn missing(name: &'static str) -> &'static str {
    match name {
        "grant_type" => "grant_type is missing",
        "code" => "code is missing",
        "refresh_token" => "refresh_token is missing",
        _ => "a parameter is missing",
    }
}

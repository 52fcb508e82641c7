//! Client authentication (RFC 6749 section 2.3, RFC 7521 section 4.2): exactly
//! the method that the client is registered with.

mod key_cache;
mod private_key_jwt;
mod public;

use ciam_core::client::Client;
use ciam_core::{ClientId, Timestamp};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::failure::Failure;
use crate::parameters::{Parameters, Repeated};
use crate::provider::Inner;

pub(crate) use key_cache::ClientKeyCache;

/// Why a client is not authenticated. The causes of `InvalidClient` are for
/// operators: the client always gets the same answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientAuthError {
    /// 400: the request itself is wrong.
    #[error("invalid_request: {0}")]
    InvalidRequest(&'static str),
    /// 401.
    #[error("invalid_client: {reason}")]
    InvalidClient {
        reason: &'static str,
        client: Option<ClientId>,
        /// Whether HTTP Basic was tried: the answer then names it (RFC 6749 section 5.2).
        basic: bool,
    },
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// What the client shows of itself.
enum Shown<'a> {
    Nothing,
    Basic,
    Secret,
    Assertion { kind: &'a str, assertion: &'a str },
}

/// The authenticated client.
pub(crate) async fn authenticate(
    inner: &Inner,
    headers: &HeaderMap,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Client, ClientAuthError> {
    let claimed = parameters.one("client_id")?;
    match shown(headers, parameters)? {
        Shown::Assertion { kind, assertion } => {
            private_key_jwt::authenticate(inner, kind, assertion, claimed, now).await
        }
        Shown::Nothing => public::authenticate(inner, claimed).await,
        // No client is registered for a shared secret here.
        Shown::Basic => Err(ClientAuthError::InvalidClient {
            reason: "HTTP Basic is not a registered method",
            client: None,
            basic: true,
        }),
        Shown::Secret => Err(refused("client_secret is not a registered method", None)),
    }
}

/// RFC 6749 section 2.3: not more than one method in one request.
fn shown<'a>(
    headers: &HeaderMap,
    parameters: &'a Parameters,
) -> Result<Shown<'a>, ClientAuthError> {
    let basic = headers.contains_key(AUTHORIZATION);
    let secret = parameters.one("client_secret")?.is_some();
    let kind = parameters.one("client_assertion_type")?;
    let assertion = parameters.one("client_assertion")?;
    match (basic, secret, kind, assertion) {
        (false, false, None, None) => Ok(Shown::Nothing),
        (true, false, None, None) => Ok(Shown::Basic),
        (false, true, None, None) => Ok(Shown::Secret),
        (false, false, Some(kind), Some(assertion)) => Ok(Shown::Assertion { kind, assertion }),
        (false, false, _, _) => Err(ClientAuthError::InvalidRequest(
            "client_assertion and client_assertion_type belong together",
        )),
        _ => Err(ClientAuthError::InvalidRequest(
            "more than one client authentication method was used",
        )),
    }
}

/// The client with this id, disabled or not.
async fn find(inner: &Inner, id: &ClientId) -> Result<Option<Client>, ClientAuthError> {
    let found = inner.stores.clients.client(&inner.tenant, id).await;
    Ok(found.map_err(Failure::from)?)
}

fn refused(reason: &'static str, client: Option<&ClientId>) -> ClientAuthError {
    ClientAuthError::InvalidClient {
        reason,
        client: client.cloned(),
        basic: false,
    }
}

impl From<Repeated> for ClientAuthError {
    fn from(_: Repeated) -> Self {
        Self::InvalidRequest("a parameter was sent more than once")
    }
}

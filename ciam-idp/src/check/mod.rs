//! The checks of an authorization request, in the order of one table.
//!
//! First who asks and where answers go. Until that is known nobody is
//! redirected (RFC 6749 section 4.1.2.1); from then on every fault goes back to
//! the client.

mod acr_values;
mod authorization_details;
mod claims;
mod client;
mod grant_type;
mod id_token_hint;
mod login_hint;
mod max_age;
mod nonce;
mod pkce;
mod prompt;
mod redirect_uri;
mod repeated;
mod request_object;
mod resource;
mod response_mode;
mod response_type;
mod scope;
mod state;
mod validated;

pub(crate) use self::validated::{Prompt, Requested, ValidatedRequest};

use ciam_core::Timestamp;
use ciam_core::api::Api;
use ciam_core::client::Client;

use crate::api;
use crate::failure::Failure;
use crate::parameters::{Parameters, Repeated};
use crate::provider::Inner;
use crate::response::{AuthorizationError, ReturnAddress};
use crate::stage::AuthorizationRequest;

/// The table. Each check reads the request and fills in its part of what was asked for.
const CHECKS: &[Check] = &[
    // First, so that every later answer carries the state.
    state::check,
    repeated::check,
    request_object::check,
    grant_type::check,
    response_mode::check,
    response_type::check,
    scope::check,
    resource::check,
    authorization_details::check,
    pkce::check,
    nonce::check,
    prompt::check,
    max_age::check,
    claims::check,
    acr_values::check,
    id_token_hint::check,
    login_hint::check,
];

type Check = fn(&Asked<'_>, &mut Requested) -> Result<(), Fault>;

/// What the checks look at.
struct Asked<'a> {
    inner: &'a Inner,
    parameters: &'a Parameters,
    client: &'a Client,
    apis: &'a [Api],
    now: Timestamp,
}

/// A fault for the client.
#[derive(Debug)]
struct Fault {
    error: AuthorizationError,
    description: &'static str,
}

/// Why a request goes no further.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody to send an answer to: a page for the person, with the reason for operators.
    Page {
        reason: &'static str,
        client: Option<String>,
    },
    /// Back to the client.
    Redirect {
        address: ReturnAddress,
        client: String,
        error: AuthorizationError,
        description: &'static str,
    },
    /// Our own failure, with the address when it is known.
    Failure {
        failure: Failure,
        address: Option<ReturnAddress>,
    },
}

/// Runs the whole table.
pub(crate) async fn run(
    inner: &Inner,
    request: &AuthorizationRequest,
    now: Timestamp,
) -> Result<ValidatedRequest, Refusal> {
    let parameters = &request.parameters;
    let client = client::find(inner, parameters).await?;
    let mut requested = redirect_uri::check(parameters, &client)?;
    let apis = api::all(inner).await.map_err(|failure| Refusal::Failure {
        failure,
        address: Some(address(&requested)),
    })?;
    let asked = Asked {
        inner,
        parameters,
        client: &client,
        apis: &apis,
        now,
    };
    for check in CHECKS {
        if let Err(fault) = check(&asked, &mut requested) {
            return Err(Refusal::Redirect {
                address: address(&requested),
                client: client.id.to_string(),
                error: fault.error,
                description: fault.description,
            });
        }
    }
    Ok(ValidatedRequest::passed(client, requested))
}

fn address(requested: &Requested) -> ReturnAddress {
    ReturnAddress {
        redirect_uri: requested.redirect_uri.clone(),
        state: requested.state.clone(),
    }
}

impl Fault {
    const fn new(error: AuthorizationError, description: &'static str) -> Self {
        Self { error, description }
    }

    const fn request(description: &'static str) -> Self {
        Self::new(AuthorizationError::InvalidRequest, description)
    }
}

impl From<Repeated> for Fault {
    fn from(_: Repeated) -> Self {
        Self::request("a parameter was sent more than once")
    }
}

impl Refusal {
    fn page(reason: &'static str, client: Option<&Client>) -> Self {
        Self::Page {
            reason,
            client: client.map(|client| client.id.to_string()),
        }
    }
}

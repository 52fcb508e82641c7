//! RFC 6749 section 4.1.2.1: without a known client nobody is redirected. A
//! disabled client is answered like an unknown one.

use ciam_core::ClientId;
use ciam_core::client::Client;

use super::Refusal;
use crate::parameters::Parameters;
use crate::provider::Inner;

pub(super) async fn find(inner: &Inner, parameters: &Parameters) -> Result<Client, Refusal> {
    let id: ClientId = parameters
        .one("client_id")
        .map_err(|_| Refusal::page("client_id was sent more than once", None))?
        .ok_or_else(|| Refusal::page("client_id is missing", None))?
        .parse()
        .map_err(|_| Refusal::page("client_id is malformed", None))?;
    let client = inner
        .stores
        .clients
        .client(&inner.tenant, &id)
        .await
        .map_err(|error| Refusal::Failure {
            failure: error.into(),
            address: None,
        })?;
    match client {
        Some(client) if client.enabled => Ok(client),
        Some(client) => Err(Refusal::page("the client is disabled", Some(&client))),
        None => Err(Refusal::page("the client is unknown", None)),
    }
}

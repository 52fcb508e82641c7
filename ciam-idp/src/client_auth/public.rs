//! RFC 6749 section 2.1: a public client only says who it is; PKCE ties the code
//! to whoever asked for it.

use ciam_core::ClientId;
use ciam_core::client::{Client, ClientAuthMethod};

use super::{ClientAuthError, find, refused};
use crate::provider::Inner;

pub(super) async fn authenticate(
    inner: &Inner,
    claimed: Option<&str>,
) -> Result<Client, ClientAuthError> {
    let id: ClientId = claimed
        .ok_or_else(|| refused("no client authentication", None))?
        .parse()
        .map_err(|_| refused("client_id is malformed", None))?;
    match find(inner, &id).await? {
        None => Err(refused("the client is unknown", Some(&id))),
        Some(client) if !client.enabled => Err(refused("the client is disabled", Some(&id))),
        Some(client) if client.token_endpoint_auth_method != ClientAuthMethod::None => {
            Err(refused("the client did not authenticate", Some(&id)))
        }
        Some(client) => Ok(client),
    }
}

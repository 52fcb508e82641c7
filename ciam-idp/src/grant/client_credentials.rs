//! RFC 6749 section 4.4: a client acts for itself.

use ciam_core::Scopes;
use ciam_core::client::ClientAuthMethod;

use super::{RequestError, TokenRequest};
use crate::access;
use crate::api;
use crate::issue::{self, TokenResponse};
use crate::provider::Inner;

/// Issues an access token to the client for one API, without refresh and ID
/// token (RFC 6749 section 4.4.3).
pub(crate) async fn issue(
    inner: &Inner,
    request: TokenRequest<'_>,
) -> Result<TokenResponse, RequestError> {
    let client = request.client;
    if client.token_endpoint_auth_method == ClientAuthMethod::None {
        return Err(RequestError::UnauthorizedClient(
            "a public client cannot act for itself",
        ));
    }
    let apis = api::all(inner).await?;
    let resources: Vec<&str> = request.parameters.all("resource").collect();
    let asked = match request.parameters.one("scope")? {
        Some(scope) => {
            let asked: Scopes = scope.parse().map_err(|_| UNFIT)?;
            // There is nobody whose identity or absence could be meant.
            let person = asked.iter().any(|scope| api::is_openid(scope.as_str()));
            if person || asked.is_empty() || !asked.is_subset(&client.scopes) {
                return Err(UNFIT);
            }
            asked
        }
        // RFC 6749 section 3.3: what the client may have, at the API it names.
        None => api::scopes_of(&apis, &resources, &client.scopes),
    };
    if asked.is_empty() || asked.iter().any(|s| !api::is_known(&apis, s.as_str())) {
        return Err(UNFIT);
    }
    let target = api::choose(inner, apis, &resources, &asked)
        .map_err(|error| RequestError::InvalidTarget(error.description()))?;
    let scopes = access::narrow_machine(inner, client, &target, &asked).ok_or(
        RequestError::InvalidScope("none of the scopes may be granted to this client"),
    )?;
    issue::for_client(inner, &request, &target, &scopes).await
}

const UNFIT: RequestError =
    RequestError::InvalidScope("scope is unknown, not for this client, or about a person");

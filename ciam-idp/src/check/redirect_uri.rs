//! RFC 9700 section 2.1: the redirect URI is compared byte for byte, and RFC 6749
//! section 3.1.2.4: when it does not match, the person is told and not redirected.

use std::collections::BTreeSet;

use ciam_core::Scopes;
use ciam_core::client::Client;

use super::Refusal;
use crate::parameters::Parameters;
use crate::stage::Requested;

/// The start of what was asked for: who, and where answers go.
pub(super) fn check(parameters: &Parameters, client: &Client) -> Result<Requested, Refusal> {
    let refuse = |reason| Refusal::page(reason, Some(client));
    let sent = parameters
        .one("redirect_uri")
        .map_err(|_| refuse("redirect_uri was sent more than once"))?;
    let redirect_uri = match (sent, client.redirect_uris.as_slice()) {
        (Some(sent), registered) => registered
            .iter()
            .any(|uri| uri.matches(client.application_type, sent))
            .then(|| sent.to_owned())
            .ok_or_else(|| refuse("redirect_uri is not registered"))?,
        // OIDC Core section 3.1.2.1 requires it, RFC 6749 section 3.1.2.3 only
        // when there are several.
        (None, [only]) if !wants_openid(parameters) => only.as_str().to_owned(),
        (None, _) => return Err(refuse("redirect_uri is missing")),
    };
    Ok(Requested {
        client_id: client.id.clone(),
        redirect_uri,
        redirect_uri_sent: sent.is_some(),
        state: None,
        scopes: Scopes::new(),
        audience: None,
        nonce: None,
        code_challenge: None,
        prompt: BTreeSet::new(),
        max_age: None,
        acr: None,
        expected_subject: None,
        login_hint: None,
    })
}

fn wants_openid(parameters: &Parameters) -> bool {
    parameters
        .all("scope")
        .any(|scope| scope.split(' ').any(|one| one == "openid"))
}

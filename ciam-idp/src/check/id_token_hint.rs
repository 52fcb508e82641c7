//! OIDC Core section 3.1.2.1: an ID token of ours, for this client, that says whom
//! the client expects. It may have expired.

use ciam_tokens::profile::id_token::verify_hint;

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    const REFUSED: Fault = Fault::request("id_token_hint is not an ID token for this client");
    let Some(hint) = asked.parameters.one("id_token_hint")? else {
        return Ok(());
    };
    let keys = asked.inner.keys.ring.verify_keys();
    let hint =
        verify_hint(hint, asked.inner.issuer.as_str(), keys, asked.now).map_err(|_| REFUSED)?;
    if !hint
        .audience
        .iter()
        .any(|aud| aud == asked.client.id.as_str())
    {
        return Err(REFUSED);
    }
    requested.expected_subject = Some(hint.subject);
    Ok(())
}

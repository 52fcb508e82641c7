//! RFC 7636 section 4.4.1 and RFC 9700 section 2.1.1: S256 alone. A public client
//! must use it; a confidential one must use it or a nonce (see [`super::nonce`]).

use ciam_core::client::ClientAuthMethod;
use ciam_core::encoding::b64url_array;

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let method = asked.parameters.one("code_challenge_method")?;
    let Some(challenge) = asked.parameters.one("code_challenge")? else {
        if asked.client.token_endpoint_auth_method == ClientAuthMethod::None {
            return Err(Fault::request("code_challenge is missing"));
        }
        return match method {
            None => Ok(()),
            Some(_) => Err(Fault::request(
                "code_challenge_method without code_challenge",
            )),
        };
    };
    // Without a method RFC 7636 section 4.3 means plain.
    if method != Some("S256") {
        return Err(Fault::request("code_challenge_method must be S256"));
    }
    if b64url_array::<32>(challenge).is_none() {
        return Err(Fault::request(
            "code_challenge is not a SHA-256 in base64url",
        ));
    }
    requested.code_challenge = Some(challenge.to_owned());
    Ok(())
}

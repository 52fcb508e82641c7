//! RFC 6749 section 3.1: no parameter comes twice. `resource` may (RFC 8707
//! section 2), and unknown ones are ignored.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    for name in SINGLE {
        asked.parameters.one(name)?;
    }
    Ok(())
}

const SINGLE: [&str; 19] = [
    "acr_values",
    "authorization_details",
    "claims",
    "code_challenge",
    "code_challenge_method",
    "display",
    "id_token_hint",
    "login_hint",
    "max_age",
    "nonce",
    "prompt",
    "registration",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "state",
    "ui_locales",
];

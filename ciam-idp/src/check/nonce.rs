//! OIDC Core section 3.1.2.1, and RFC 9700 section 2.1.1: a client without PKCE
//! uses a nonce, which only an ID token can carry.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let nonce = asked.parameters.one("nonce")?;
    if nonce.is_some_and(|nonce| nonce.len() > LIMIT || nonce.chars().any(char::is_control)) {
        return Err(Fault::request(
            "nonce is too long or has control characters",
        ));
    }
    let tied = nonce.is_some() && requested.scopes.contains("openid");
    if requested.code_challenge.is_none() && !tied {
        return Err(Fault::request("code_challenge is missing"));
    }
    requested.nonce = nonce.map(str::to_owned);
    Ok(())
}

const LIMIT: usize = 512;

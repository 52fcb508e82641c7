//! RFC 6749 section 4.1.2.1: the client must be allowed to use this grant.

use ciam_core::client::GrantType;

use super::{Asked, Fault};
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    let grants = &asked.client.grant_types;
    if grants.contains(&GrantType::AuthorizationCode) {
        return Ok(());
    }
    Err(Fault::new(
        AuthorizationError::UnauthorizedClient,
        "the client may not use the authorization code grant",
    ))
}

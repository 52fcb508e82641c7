//! RFC 9396 section 5: a type that is not known is refused, and none is known.

use super::{Asked, Fault};
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    match asked.parameters.one("authorization_details")? {
        None => Ok(()),
        Some(_) => Err(Fault::new(
            AuthorizationError::InvalidAuthorizationDetails,
            "authorization_details of no type are supported",
        )),
    }
}

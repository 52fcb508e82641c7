//! RFC 6749 section 3.1.1 and RFC 9700 section 2.1.2: codes only.

use super::{Asked, Fault};
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    match asked.parameters.one("response_type")? {
        Some("code") => Ok(()),
        None => Err(Fault::request("response_type is missing")),
        Some(_) => Err(Fault::new(
            AuthorizationError::UnsupportedResponseType,
            "response_type must be code",
        )),
    }
}

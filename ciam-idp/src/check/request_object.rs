//! RFC 9101 section 5 and OIDC Core sections 6 and 7.2.1: request objects and
//! registrations in the request are not supported, and said to be so.

use super::{Asked, Fault};
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    let request = asked.parameters.one("request")?;
    let request_uri = asked.parameters.one("request_uri")?;
    if request.is_some() && request_uri.is_some() {
        return Err(Fault::request("request and request_uri exclude each other"));
    }
    if request.is_some() {
        return Err(Fault::new(
            AuthorizationError::RequestNotSupported,
            "request objects are not supported",
        ));
    }
    if request_uri.is_some() {
        return Err(Fault::new(
            AuthorizationError::RequestUriNotSupported,
            "request_uri is not supported",
        ));
    }
    if asked.parameters.one("registration")?.is_some() {
        return Err(Fault::new(
            AuthorizationError::RegistrationNotSupported,
            "registration is not supported",
        ));
    }
    Ok(())
}

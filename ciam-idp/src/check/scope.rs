//! RFC 6749 section 3.3: every scope must be known here and allowed to the client.

use ciam_core::Scopes;

use super::{Asked, Fault};
use crate::api;
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let refuse = |description| Fault::new(AuthorizationError::InvalidScope, description);
    let scopes: Scopes = asked
        .parameters
        .one("scope")?
        .ok_or_else(|| refuse("scope is missing"))?
        .parse()
        .map_err(|_| refuse("scope is malformed"))?;
    if scopes.is_empty() {
        return Err(refuse("scope is missing"));
    }
    let unknown = |scope: &str| !api::is_known(asked.apis, scope);
    if scopes.iter().any(|scope| unknown(scope.as_str())) || !scopes.is_subset(&asked.client.scopes)
    {
        return Err(refuse("a scope is unknown or not allowed to the client"));
    }
    requested.scopes = scopes;
    Ok(())
}

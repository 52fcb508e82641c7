//! RFC 8707 section 2: which API the access token is for.

use super::{Asked, Fault};
use crate::api;
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let resources: Vec<&str> = asked.parameters.all("resource").collect();
    let target = api::choose(
        asked.inner,
        asked.apis.to_vec(),
        &resources,
        &requested.scopes,
    )
    .map_err(|error| Fault::new(AuthorizationError::InvalidTarget, error.description()))?;
    requested.audience = target.audience().map(str::to_owned);
    Ok(())
}

//! OIDC Core section 3.1.2.1: `max_age` is a number of seconds.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let Some(text) = asked.parameters.one("max_age")? else {
        return Ok(());
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits);
    // More seconds than fit is a mistake of the client, not "for ever".
    requested.max_age = Some(seconds.ok_or(Fault::request("max_age is not a number of seconds"))?);
    Ok(())
}

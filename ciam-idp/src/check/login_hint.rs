//! OIDC Core section 3.1.2.1: what to fill in as the user name.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let hint = asked.parameters.one("login_hint")?;
    // Too long for a name is no name: a hint is dropped and not an error.
    requested.login_hint = hint
        .filter(|hint| hint.len() <= LIMIT && !hint.chars().any(char::is_control))
        .map(str::to_owned);
    Ok(())
}

const LIMIT: usize = 256;

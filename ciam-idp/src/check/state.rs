//! RFC 6749 section 4.1.1 and appendix A.5: `state` is printable ASCII. One that
//! is not is not sent back.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let Some(state) = asked.parameters.one("state")? else {
        return Ok(());
    };
    if state.len() > LIMIT || state.chars().any(char::is_control) {
        return Err(Fault::request(
            "state is too long or has control characters",
        ));
    }
    requested.state = Some(state.to_owned());
    Ok(())
}

const LIMIT: usize = 2_048;

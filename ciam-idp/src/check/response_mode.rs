//! OAuth 2.0 Multiple Response Types section 2.1: answers go into the query, and
//! tokens never do.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, _requested: &mut Requested) -> Result<(), Fault> {
    match asked.parameters.one("response_mode")? {
        None => Ok(()),
        Some("query") => {
            let types = asked.parameters.one("response_type")?.unwrap_or_default();
            if types
                .split(' ')
                .any(|one| matches!(one, "token" | "id_token"))
            {
                return Err(Fault::request("tokens are not sent in a query"));
            }
            Ok(())
        }
        Some(_) => Err(Fault::request("response_mode must be query")),
    }
}

//! OIDC Core section 3.1.2.1 and RFC 9470 section 4: the weakest level that will
//! do. Values that nobody knows here are passed over: the parameter is a wish.

use super::{Asked, Fault};
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let values = asked.parameters.one("acr_values")?.unwrap_or_default();
    let levels = &asked.inner.acr;
    if let Some(wished) = levels.weakest_of(values.split(' ')) {
        // An essential acr was demanded already; a weaker wish does not undo it.
        let demanded = requested.acr.take();
        let keep = demanded.filter(|demanded| levels.reaches(demanded, wished));
        requested.acr = Some(keep.unwrap_or_else(|| wished.to_owned()));
    }
    Ok(())
}

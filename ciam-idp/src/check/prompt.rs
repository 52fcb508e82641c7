//! OIDC Core section 3.1.2.1: known values, and `none` alone.

use std::collections::BTreeSet;

use super::{Asked, Fault};
use crate::stage::{Prompt, Requested};

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    let sent = asked.parameters.one("prompt")?.unwrap_or_default();
    let prompt = sent
        .split(' ')
        .filter(|value| !value.is_empty())
        .map(|value| match value {
            "none" => Ok(Prompt::None),
            "login" => Ok(Prompt::Login),
            "consent" => Ok(Prompt::Consent),
            "select_account" => Ok(Prompt::SelectAccount),
            _ => Err(Fault::request("prompt has an unknown value")),
        })
        .collect::<Result<BTreeSet<_>, _>>()?;
    if prompt.len() > 1 && prompt.contains(&Prompt::None) {
        return Err(Fault::request("prompt=none stands alone"));
    }
    requested.prompt = prompt;
    Ok(())
}

//! OIDC Core section 5.5: of the `claims` parameter only a demand for an `acr`
//! (section 5.5.1.1) is honoured; what leaves is up to the release rules.

use serde_json::{Map, Value};

use super::{Asked, Fault};
use crate::response::AuthorizationError;
use crate::stage::Requested;

pub(super) fn check(asked: &Asked<'_>, requested: &mut Requested) -> Result<(), Fault> {
    const MALFORMED: Fault = Fault::request("claims is not a JSON object of a sensible size");
    let Some(text) = asked.parameters.one("claims")? else {
        return Ok(());
    };
    if text.len() > LIMIT {
        return Err(MALFORMED);
    }
    // The parser stops at a depth of 128.
    let claims: Map<String, Value> = serde_json::from_str(text).map_err(|_| MALFORMED)?;
    for member in ["id_token", "userinfo"] {
        match claims.get(member) {
            None | Some(Value::Null | Value::Object(_)) => {}
            Some(_) => return Err(MALFORMED),
        }
    }
    let Some(acr) = claims
        .get("id_token")
        .and_then(|id_token| id_token.get("acr"))
    else {
        return Ok(());
    };
    if acr.get("essential") != Some(&Value::Bool(true)) {
        return Ok(());
    }
    let one = acr.get("value").and_then(Value::as_str);
    let several = acr.get("values").and_then(Value::as_array);
    let values = several.into_iter().flatten().filter_map(Value::as_str);
    let mut wanted = one.into_iter().chain(values).peekable();
    if wanted.peek().is_none() {
        return Ok(());
    }
    let acr = asked.inner.acr.weakest_of(wanted).ok_or(Fault::new(
        AuthorizationError::UnmetAuthenticationRequirements,
        "none of the wanted acr can be reached here",
    ))?;
    requested.acr = Some(acr.to_owned());
    Ok(())
}

const LIMIT: usize = 8 * 1_024;

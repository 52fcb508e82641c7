//! Which attributes leave: by the release settings in force.

use ciam_broker::ReleaseTarget;
use ciam_core::attribute::Profile;
use ciam_core::{ClientId, Scopes};
use serde_json::{Map, Value};

use crate::failure::Failure;
use crate::provider::Inner;

/// The claims that leave for `target`.
pub(crate) async fn claims(
    inner: &Inner,
    client: &ClientId,
    scopes: &Scopes,
    profile: &Profile,
    target: ReleaseTarget<'_>,
) -> Result<Map<String, Value>, Failure> {
    let rules = &inner.settings.now(inner).await?.release;
    Ok(rules.release(&profile.attributes, client, scopes, target))
}

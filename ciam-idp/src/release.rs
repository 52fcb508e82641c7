//! Which attributes leave: the release settings in force, read again when they change.

use std::sync::{Arc, Mutex, PoisonError};

use ciam_broker::{ReleaseSettings, ReleaseTarget};
use ciam_core::attribute::Profile;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::{ClientId, Scopes};
use serde_json::{Map, Value};

use crate::audit;
use crate::failure::Failure;
use crate::provider::Inner;

/// The last good release settings and the revision up to which the store was looked at.
#[derive(Default)]
pub(crate) struct ReleaseCache(Mutex<Option<(Revision, Arc<ReleaseSettings>)>>);

/// The claims that leave for `target`.
pub(crate) async fn claims(
    inner: &Inner,
    client: &ClientId,
    scopes: &Scopes,
    profile: &Profile,
    target: ReleaseTarget<'_>,
) -> Result<Map<String, Value>, Failure> {
    let rules = in_force(inner).await?;
    Ok(rules.release(&profile.attributes, client, scopes, target))
}

/// One indexed read, and the document only when it changed. A bad document is
/// reported once, and the last good one stays.
async fn in_force(inner: &Inner) -> Result<Arc<ReleaseSettings>, Failure> {
    let known = inner.release.held();
    let seen = known
        .as_ref()
        .map_or(Revision(0), |(revision, _)| *revision);
    let settings = &inner.stores.settings;
    let changed = settings.changed_since(&inner.tenant, seen).await?;
    let newer = changed
        .iter()
        .find(|(kind, _)| *kind == SettingsKind::Release);
    if newer.is_none() {
        return Ok(match known {
            Some((_, rules)) => rules,
            None => inner.release.keep(seen, Arc::new(built_in()?)),
        });
    }
    let Some(document) = settings
        .active(&inner.tenant, SettingsKind::Release)
        .await?
    else {
        return Ok(inner.release.keep(seen, Arc::new(built_in()?)));
    };
    let rules = match ReleaseSettings::parse(&document.body) {
        Ok(rules) => Arc::new(rules),
        Err(error) => {
            let event = AuditEvent {
                reason: Some(audit::chain(&error)),
                ..audit::event(inner, "settings.release.refused", Outcome::Failed)
            };
            audit::record(inner, event).await;
            match known {
                Some((_, rules)) => rules,
                // Nothing good to fall back on: nothing leaves.
                None => Arc::new(ReleaseSettings::default()),
            }
        }
    };
    Ok(inner.release.keep(document.revision, rules))
}

impl ReleaseCache {
    fn held(&self) -> Option<(Revision, Arc<ReleaseSettings>)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, revision: Revision, rules: Arc<ReleaseSettings>) -> Arc<ReleaseSettings> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match held.as_ref() {
            // Another request saw a newer one meanwhile.
            Some((newer, _)) if *newer > revision => {}
            _ => *held = Some((revision, Arc::clone(&rules))),
        }
        rules
    }
}

/// The claims of OpenID Connect by scope (OIDC Core section 5.4), until an
/// operator publishes rules.
fn built_in() -> Result<ReleaseSettings, Failure> {
    ReleaseSettings::parse(BUILT_IN).map_err(Failure::internal)
}

const BUILT_IN: &str = r#"{"rules": [
    {"scope": "profile", "attributes": [
        {"attribute": "name"}, {"attribute": "given_name"}, {"attribute": "family_name"},
        {"attribute": "middle_name"}, {"attribute": "nickname"},
        {"attribute": "preferred_username"}, {"attribute": "profile"}, {"attribute": "picture"},
        {"attribute": "website"}, {"attribute": "gender"}, {"attribute": "birthdate"},
        {"attribute": "zoneinfo"}, {"attribute": "locale"}]},
    {"scope": "email", "attributes": [{"attribute": "email"}, {"attribute": "email_verified"}]},
    {"scope": "phone", "attributes": [
        {"attribute": "phone_number"}, {"attribute": "phone_number_verified"}]},
    {"scope": "address", "attributes": [{"attribute": "address"}]}
]}"#;

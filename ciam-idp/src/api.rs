//! Which API a request is for (RFC 8707).

use std::collections::BTreeMap;
use std::time::Duration;

use ciam_core::api::{Api, is_audience};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::crypto::sha256;
pub(crate) use ciam_core::scope::OPENID_SCOPES;
use ciam_core::store::Rate;
use ciam_core::{Issuer, Scope, Scopes};

use crate::audit;
use crate::failure::Failure;
use crate::provider::Inner;

/// Whom an access token is for.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// The provider itself: its userinfo endpoint.
    Provider,
    /// An API.
    Api(Box<Api>),
}

/// Why a request is for no API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TargetError {
    Unknown,
    Several,
    ScopesElsewhere,
}

impl Target {
    /// The API's audience; none for the provider.
    pub(crate) fn audience(&self) -> Option<&str> {
        match self {
            Self::Provider => None,
            Self::Api(api) => Some(&api.audience),
        }
    }

    /// Whether the scope means something there.
    pub(crate) fn owns(&self, scope: &Scope) -> bool {
        match self {
            Self::Provider => is_openid(scope.as_str()),
            Self::Api(api) => api.scopes.contains_key(scope),
        }
    }
}

impl TargetError {
    /// For the client.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Unknown => "the resource is not a known API",
            Self::Several => "the request is for more than one API; name one as resource",
            Self::ScopesElsewhere => "the scopes belong to another API than the resource",
        }
    }
}

/// The APIs that get tokens, each with the scopes that are its alone.
pub(crate) async fn all(inner: &Inner) -> Result<Vec<Api>, Failure> {
    let mut apis = inner.stores.clients.apis(&inner.tenant).await?;
    let faults = sort_out(&inner.issuer, &mut apis);
    if !faults.is_empty() {
        complain(inner, &faults).await;
    }
    // Last, because a disabled API still owns its scopes: what people allowed it
    // must not pass to the next that takes the name.
    apis.retain(|api| api.enabled);
    Ok(apis)
}

/// Takes out what cannot be granted, and says what it was. People consent to
/// scopes: what one of them allows must not depend on which API asks.
fn sort_out(issuer: &Issuer, apis: &mut Vec<Api>) -> Vec<String> {
    let mut faults = Vec::new();
    apis.retain(|api| match api.check(issuer) {
        Ok(()) => true,
        Err(error) => {
            faults.push(error.to_string());
            false
        }
    });
    let mut owners: BTreeMap<Scope, usize> = BTreeMap::new();
    for scope in apis.iter().flat_map(|api| api.scopes.keys()) {
        *owners.entry(scope.clone()).or_default() += 1;
    }
    owners.retain(|_, count| *count > 1);
    for api in apis {
        api.scopes.retain(|scope, _| !owners.contains_key(scope));
    }
    let shared = owners.keys();
    faults.extend(shared.map(|scope| format!("`{scope}` is a scope of more than one API")));
    faults
}

/// Tells the operator, but not at each request.
async fn complain(inner: &Inner, faults: &[String]) {
    let reason = faults.join("; ");
    let key = sha256(format!("{} {reason}", audit::API_UNUSABLE).as_bytes());
    let taken = inner
        .stores
        .rates
        .take(&inner.tenant, &key, 1, AN_HOUR, inner.now())
        .await;
    if matches!(taken, Ok(Rate::Allowed)) {
        let event = AuditEvent {
            reason: Some(reason.chars().take(500).collect()),
            ..audit::event(inner, audit::API_UNUSABLE, Outcome::Failed)
        };
        audit::record(inner, event).await;
    }
}

const AN_HOUR: Duration = Duration::from_secs(60 * 60);

/// The target with this audience; none when there is no such API any more.
pub(crate) async fn find(inner: &Inner, audience: Option<&str>) -> Result<Option<Target>, Failure> {
    let Some(audience) = audience else {
        return Ok(Some(Target::Provider));
    };
    let apis = all(inner).await?;
    Ok(apis
        .into_iter()
        .find(|api| api.audience == audience)
        .map(|api| Target::Api(Box::new(api))))
}

/// The one target of a request: what `resource` names, else the only API that
/// has all requested scopes, else, when none is asked for, the provider itself.
pub(crate) fn choose(
    inner: &Inner,
    apis: Vec<Api>,
    resources: &[&str],
    scopes: &Scopes,
) -> Result<Target, TargetError> {
    let asked = scopes.filtered(|scope| !is_openid(scope.as_str()));
    let has_all = |api: &Api| asked.iter().all(|scope| api.scopes.contains_key(scope));
    if let Some((first, others)) = resources.split_first() {
        if !is_audience(first) {
            return Err(TargetError::Unknown);
        }
        if others.iter().any(|other| other != first) {
            return Err(TargetError::Several);
        }
        if *first == inner.issuer.as_str() {
            return match asked.is_empty() {
                true => Ok(Target::Provider),
                false => Err(TargetError::ScopesElsewhere),
            };
        }
        let api = apis
            .into_iter()
            .find(|api| api.audience == *first)
            .ok_or(TargetError::Unknown)?;
        return match has_all(&api) {
            true => Ok(Target::Api(Box::new(api))),
            false => Err(TargetError::ScopesElsewhere),
        };
    }
    if asked.is_empty() {
        return Ok(Target::Provider);
    }
    let mut candidates = apis.into_iter().filter(has_all);
    match (candidates.next(), candidates.next()) {
        (Some(api), None) => Ok(Target::Api(Box::new(api))),
        _ => Err(TargetError::Several),
    }
}

/// Those of `scopes` that belong to the named APIs, or to any when none is named.
pub(crate) fn scopes_of(apis: &[Api], resources: &[&str], scopes: &Scopes) -> Scopes {
    scopes.filtered(|scope| {
        apis.iter().any(|api| {
            let named = resources.is_empty() || resources.contains(&api.audience.as_str());
            named && api.scopes.contains_key(scope)
        })
    })
}

/// Whether the scope is OpenID's.
pub(crate) fn is_openid(scope: &str) -> bool {
    OPENID_SCOPES.contains(&scope)
}

/// Whether the scope means anything here.
pub(crate) fn is_known(apis: &[Api], scope: &str) -> bool {
    is_openid(scope) || apis.iter().any(|api| api.scopes.contains_key(scope))
}

//! Which API a request is for (RFC 8707).

use ciam_core::api::Api;
use ciam_core::{Scope, Scopes};
use url::Url;

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

/// The APIs that get tokens.
pub(crate) async fn all(inner: &Inner) -> Result<Vec<Api>, Failure> {
    let mut apis = inner.stores.clients.apis(&inner.tenant).await?;
    apis.retain(|api| api.enabled);
    Ok(apis)
}

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
        if !is_absolute(first) {
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

/// Whether the scope is OpenID's (OIDC Core sections 3.1.2.1, 5.4 and 11).
pub(crate) fn is_openid(scope: &str) -> bool {
    OPENID_SCOPES.contains(&scope)
}

/// Whether the scope means anything here.
pub(crate) fn is_known(apis: &[Api], scope: &str) -> bool {
    is_openid(scope) || apis.iter().any(|api| api.scopes.contains_key(scope))
}

/// RFC 8707 section 2: an absolute URI without fragment.
fn is_absolute(resource: &str) -> bool {
    resource.len() <= 2_048 && Url::parse(resource).is_ok_and(|url| url.fragment().is_none())
}

/// The scopes of OpenID Connect.
pub(crate) const OPENID_SCOPES: [&str; 6] = [
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
];

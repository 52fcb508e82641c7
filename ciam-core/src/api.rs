//! APIs: the protected resources that access tokens are for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::issuer::Issuer;
use crate::jwk::JwkSetDocument;
use crate::scope::Scope;

/// A registered API (a protected resource, RFC 8707).
///
/// Each scope should belong to one API alone: people consent to scopes. Those that
/// two enabled APIs declare are granted for neither.
///
/// ```
/// use ciam_core::api::Api;
///
/// let api: Api = serde_json::from_str(
///     r#"{"audience": "https://orders.example", "name": "Orders",
///         "scopes": {"orders:read": "see your orders"}}"#,
/// )?;
/// assert!(api.check(&"https://id.example".parse()?).is_ok());
/// assert!(api.check(&"https://orders.example".parse()?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// The `aud` of its access tokens: an absolute URI without fragment (RFC 8707 section 2).
    pub audience: String,
    /// What people read.
    pub name: String,
    /// A disabled API gets no new tokens.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its scopes, each with the sentence the consent page shows.
    pub scopes: BTreeMap<Scope, String>,
    /// Its public keys. When there are any, access tokens for it are encrypted;
    /// they are never sent in clear then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSetDocument>,
}

/// Why an API cannot be one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ApiError {
    /// Its audience is no absolute URI, or has a fragment (RFC 8707 section 2).
    #[error("`{0}` cannot be an audience: an absolute URI without fragment is wanted")]
    Audience(String),
    /// Its audience is the provider's own.
    #[error("`{0}` is the issuer itself, not an API")]
    Issuer(String),
    /// It declares a scope that belongs to the provider.
    #[error("`{0}` is a scope of OpenID Connect, not of an API")]
    OpenId(Scope),
}

impl Api {
    /// Whether it can be an API of that issuer. Ask before it is stored: the provider
    /// gives out no tokens for one that fails.
    ///
    /// # Errors
    /// [`ApiError`] says what is wrong.
    pub fn check(&self, issuer: &Issuer) -> Result<(), ApiError> {
        let audience = self.audience.as_str();
        if !is_audience(audience) {
            return Err(ApiError::Audience(audience.chars().take(200).collect()));
        }
        if audience.trim_end_matches('/') == issuer.as_str().trim_end_matches('/') {
            return Err(ApiError::Issuer(audience.to_owned()));
        }
        match self.scopes.keys().find(|scope| scope.is_openid()) {
            Some(scope) => Err(ApiError::OpenId(scope.clone())),
            None => Ok(()),
        }
    }
}

/// RFC 8707 section 2: an absolute URI without fragment, of 2 048 bytes at most.
pub fn is_audience(text: &str) -> bool {
    text.len() <= 2_048
        && text.bytes().all(|b| b.is_ascii_graphic())
        && Url::parse(text).is_ok_and(|url| url.fragment().is_none())
}

const fn yes() -> bool {
    true
}

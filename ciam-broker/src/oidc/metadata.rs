//! Discovery (OIDC Discovery 4, RFC 8414).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ciam_core::http_client::HttpClient;
use ciam_core::issuer::is_loopback;
use ciam_core::{Issuer, Timestamp};
use serde::Deserialize;
use url::Url;

use super::fetch::{self, BadAnswer, unavailable};
use crate::connector::{ConnectorError, Rejection};

/// What we need of a provider's metadata, checked.
#[derive(Clone, Debug)]
pub(super) struct Metadata {
    pub(super) authorization_endpoint: Url,
    pub(super) token_endpoint: Url,
    pub(super) userinfo_endpoint: Option<Url>,
    pub(super) jwks_uri: Url,
    /// `authorization_response_iss_parameter_supported` (RFC 9207 3).
    pub(super) promises_iss: bool,
}

/// Metadata by issuer.
#[derive(Default)]
pub(super) struct MetadataCache {
    entries: Mutex<HashMap<String, Entry>>,
}

#[derive(Clone, Default)]
struct Entry {
    good: Option<(Timestamp, Arc<Metadata>)>,
    failed: Option<(Timestamp, Failure)>,
}

/// Why the last request came to nothing.
#[derive(Clone)]
enum Failure {
    Unanswered,
    Misconfigured(&'static str),
    Rejected(Rejection),
}

impl MetadataCache {
    /// The metadata of `issuer`, at most ten minutes old. While the provider
    /// does not answer, what it said before serves for a day.
    pub(super) async fn current(
        &self,
        http: &dyn HttpClient,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, ConnectorError> {
        let entry = self.entry(issuer);
        let known = |limit: Duration| {
            entry
                .good
                .as_ref()
                .filter(|(at, _)| now.since(*at) < limit)
                .map(|(_, metadata)| metadata.clone())
        };
        if let Some(fresh) = known(FRESH) {
            return Ok(fresh);
        }
        // An address that failed is not asked again with every request. What was
        // wrong with its answer is as wrong a moment later.
        let answer = match &entry.failed {
            Some((at, failure)) if now.since(*at) < REST => Err(failure.clone().into()),
            _ => self.refresh(http, issuer, now).await,
        };
        match answer {
            Err(error) if error.is_unavailable() => known(STALE).ok_or(error),
            answer => answer,
        }
    }

    /// Asks the provider, whatever is known.
    pub(super) async fn refresh(
        &self,
        http: &dyn HttpClient,
        issuer: &Issuer,
        now: Timestamp,
    ) -> Result<Arc<Metadata>, ConnectorError> {
        let fetched = fetch_metadata(http, issuer).await.map(Arc::new);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.entry(issuer.as_str().to_owned()).or_default();
        match &fetched {
            Ok(metadata) => {
                *entry = Entry {
                    good: Some((now, metadata.clone())),
                    failed: None,
                }
            }
            Err(error) => entry.failed = Some((now, Failure::of(error))),
        }
        fetched
    }

    fn entry(&self, issuer: &Issuer) -> Entry {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(issuer.as_str()).cloned().unwrap_or_default()
    }
}

/// The address failed less than a minute ago and was not asked again.
#[derive(Debug, thiserror::Error)]
#[error("it did not answer a moment ago")]
struct Resting;

impl Failure {
    fn of(error: &ConnectorError) -> Self {
        match error {
            ConnectorError::Rejected(rejection) => Self::Rejected(rejection.clone()),
            ConnectorError::Misconfigured(problem) => Self::Misconfigured(problem),
            _ => Self::Unanswered,
        }
    }
}

impl From<Failure> for ConnectorError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unanswered => unavailable(Resting),
            Failure::Misconfigured(problem) => Self::Misconfigured(problem),
            Failure::Rejected(rejection) => Self::Rejected(rejection),
        }
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

async fn fetch_metadata(
    http: &dyn HttpClient,
    issuer: &Issuer,
) -> Result<Metadata, ConnectorError> {
    let body = fetch::json(http, &issuer.endpoint(WELL_KNOWN)).await?;
    let document: Document =
        serde_json::from_slice(&body).map_err(|error| unavailable(BadAnswer::Json(error)))?;
    // Byte for byte, or one provider could speak for another (OIDC Discovery 4.3).
    if document.issuer != issuer.as_str() {
        return Err(Rejection::Metadata("`issuer` is another one").into());
    }
    let endpoint = |text: &str| endpoint(text, issuer);
    Ok(Metadata {
        authorization_endpoint: endpoint(&document.authorization_endpoint)?,
        token_endpoint: endpoint(&document.token_endpoint)?,
        userinfo_endpoint: document
            .userinfo_endpoint
            .as_deref()
            .map(endpoint)
            .transpose()?,
        jwks_uri: endpoint(&document.jwks_uri)?,
        promises_iss: document.authorization_response_iss_parameter_supported,
    })
}

/// https, and http on loopback only for an issuer that is on loopback itself:
/// a remote provider has no business with this machine's ports.
fn endpoint(text: &str, issuer: &Issuer) -> Result<Url, Rejection> {
    let url = Url::parse(text).map_err(|_| Rejection::Metadata("an endpoint is not a URL"))?;
    let secure = url.scheme() == "https"
        || (url.scheme() == "http" && issuer.is_loopback() && is_loopback(&url));
    if !secure {
        return Err(Rejection::Metadata("an endpoint is not https"));
    }
    let plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !plain {
        return Err(Rejection::Metadata(
            "an endpoint has a fragment or credentials",
        ));
    }
    Ok(url)
}

const WELL_KNOWN: &str = "/.well-known/openid-configuration";
const FRESH: Duration = Duration::from_secs(10 * 60);
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
const REST: Duration = Duration::from_secs(60);

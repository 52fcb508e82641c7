//! The issuer identifier.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// An issuer identifier: an https URL without query and fragment
/// (RFC 8414 section 2), in canonical spelling, compared byte for byte.
///
/// `http` is accepted for loopback hosts only, so that a demo can run.
///
/// ```
/// use ciam_core::Issuer;
///
/// assert!("https://id.example.com/tenant".parse::<Issuer>().is_ok());
/// assert!("http://127.0.0.1:8080".parse::<Issuer>().is_ok());
/// assert!("http://id.example.com".parse::<Issuer>().is_err());
/// assert!("https://id.example.com/?a=b".parse::<Issuer>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Issuer {
    text: String,
    origin_len: usize,
    loopback: bool,
}

impl Issuer {
    /// As it appears in `iss`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Scheme, host and port: what a browser sends as `Origin`.
    pub fn origin(&self) -> &str {
        self.text.get(..self.origin_len).unwrap_or(&self.text)
    }

    /// The path below the origin, without a final slash; empty for most issuers.
    pub fn path(&self) -> &str {
        self.text
            .get(self.origin_len..)
            .unwrap_or("")
            .trim_end_matches('/')
    }

    /// The URL of an endpoint below this issuer; `path` starts with a slash.
    pub fn endpoint(&self, path: &str) -> String {
        format!("{}{}{}", self.origin(), self.path(), path)
    }

    /// Host and port, as in the `Host` header.
    pub fn authority(&self) -> &str {
        self.origin().split_once("://").map_or("", |(_, rest)| rest)
    }

    /// Whether cookies and HSTS can be secure.
    pub fn is_https(&self) -> bool {
        self.text.starts_with("https://")
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        self.loopback
    }
}

/// The text is not an issuer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an issuer: it must be an https URL (http only on loopback) in canonical spelling, without query, fragment and credentials"
)]
pub struct IssuerError(String);

impl FromStr for Issuer {
    type Err = IssuerError;

    fn from_str(text: &str) -> Result<Self, IssuerError> {
        let refuse = || IssuerError(text.chars().take(200).collect());
        let url = Url::parse(text).map_err(|_| refuse())?;
        let loopback = is_loopback(&url);
        let origin = url.origin().ascii_serialization();
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let secure = url.scheme() == "https" || (url.scheme() == "http" && loopback);
        if !plain || !secure || !is_canonical(&url, text) {
            return Err(refuse());
        }
        Ok(Self {
            text: text.to_owned(),
            origin_len: origin.len(),
            loopback,
        })
    }
}

/// Whether the text is spelled the way a browser spells the URL: no default port,
/// no capitals in the host, no dot segments, nothing left to escape. Bytes are
/// compared everywhere, so there may be no second spelling. A final slash may
/// be missing where there is no path.
pub(crate) fn is_canonical(url: &Url, text: &str) -> bool {
    url.as_str() == text || (url.path() == "/" && url.as_str().strip_suffix('/') == Some(text))
}

/// Whether the URL's host is a loopback address or `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

impl TryFrom<String> for Issuer {
    type Error = IssuerError;

    fn try_from(text: String) -> Result<Self, IssuerError> {
        text.parse()
    }
}

impl From<Issuer> for String {
    fn from(issuer: Issuer) -> Self {
        issuer.text
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issuer({})", self.text)
    }
}

//! Clients as they are registered.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::id::ClientId;
use crate::jwk::JwkSetDocument;
use crate::scope::Scopes;

/// A registered client (RFC 7591 section 2 has the words).
///
/// ```
/// use ciam_core::client::Client;
///
/// let client: Client = serde_json::from_str(r#"{
///     "client_id": "shop", "client_name": "The shop",
///     "redirect_uris": ["https://shop.example/cb"],
///     "grant_types": ["authorization_code"],
///     "token_endpoint_auth_method": "none",
///     "scope": "openid orders:read"
/// }"#)?;
/// assert!(client.enabled && !client.first_party);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The identifier.
    #[serde(rename = "client_id")]
    pub id: ClientId,
    /// What people read on the consent page.
    #[serde(rename = "client_name")]
    pub name: String,
    /// A disabled client is answered like an unknown one.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// A native application may listen on any loopback port (RFC 8252 section 7.3).
    #[serde(default)]
    pub application_type: ApplicationType,
    /// Where authorization answers may go, compared byte for byte.
    #[serde(default)]
    pub redirect_uris: Vec<RedirectUri>,
    /// Where the browser may go after sign-out.
    #[serde(default)]
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// What it may ask at the token endpoint.
    pub grant_types: BTreeSet<GrantType>,
    /// How it proves who it is.
    pub token_endpoint_auth_method: ClientAuthMethod,
    /// Its public keys: for `private_key_jwt`, and to encrypt ID tokens to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSetDocument>,
    /// The scopes it may ask for.
    #[serde(rename = "scope", default)]
    pub scopes: Scopes,
    /// Ours: people are not asked for consent.
    #[serde(default)]
    pub first_party: bool,
    /// ID tokens are encrypted to its key; never sent in clear then.
    #[serde(default)]
    pub encrypt_id_token: bool,
}

const fn yes() -> bool {
    true
}

/// What kind of application the client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApplicationType {
    /// Runs on a server or in a browser.
    #[default]
    Web,
    /// Installed on a device.
    Native,
}

/// A grant of the token endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GrantType {
    /// RFC 6749 section 4.1.
    AuthorizationCode,
    /// RFC 6749 section 6.
    RefreshToken,
    /// RFC 6749 section 4.4.
    ClientCredentials,
}

/// How a client authenticates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClientAuthMethod {
    /// A public client: PKCE stands in for authentication.
    None,
    /// A signed assertion (RFC 7523 section 2.2, OIDC Core section 9).
    PrivateKeyJwt,
}

/// A registered redirect URI. Making one checks it; matching is byte for byte
/// (RFC 9700 section 2.1), loopback ports of native applications apart.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RedirectUri(String);

/// A redirect URI that cannot be registered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{uri}` cannot be a redirect URI: {reason}")]
pub struct RedirectUriError {
    uri: String,
    reason: &'static str,
}

/// The longest redirect URI, in bytes.
pub const REDIRECT_URI_LIMIT: usize = 2_048;

impl RedirectUri {
    /// Checks a URI for registration.
    ///
    /// # Errors
    /// [`RedirectUriError`] for wildcards, fragments, credentials, script schemes,
    /// custom schemes without a dot (RFC 8252 section 7.1), http on other hosts than
    /// loopback, and a spelling that a browser would change.
    pub fn new(uri: &str) -> Result<Self, RedirectUriError> {
        let refuse = |reason| RedirectUriError {
            uri: uri.chars().take(200).collect(),
            reason,
        };
        if uri.len() > REDIRECT_URI_LIMIT {
            return Err(refuse("it is longer than 2048 bytes"));
        }
        if uri.contains('*') {
            return Err(refuse("wildcards are not supported"));
        }
        if !uri.bytes().all(|b| b.is_ascii_graphic() && b != b'\\') {
            return Err(refuse(
                "it contains blanks, backslashes or characters outside ASCII",
            ));
        }
        let url = Url::parse(uri).map_err(|_| refuse("it is not an absolute URI"))?;
        if url.fragment().is_some() {
            return Err(refuse("it has a fragment"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refuse("it has credentials"));
        }
        match url.scheme() {
            "https" => {}
            "http" if crate::issuer::is_loopback(&url) => {}
            "http" => return Err(refuse("http is accepted on loopback only")),
            "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => {
                return Err(refuse("its scheme can run code or read files"));
            }
            custom if !custom.contains('.') => {
                return Err(refuse(
                    "a custom scheme must be a reversed domain name with a dot",
                ));
            }
            _ => {}
        }
        if matches!(url.scheme(), "http" | "https") && !crate::issuer::is_canonical(&url, uri) {
            return Err(refuse(
                "it is not spelled as a browser spells it (host in lower case, no default port, no dot segments)",
            ));
        }
        Ok(Self(uri.to_owned()))
    }

    /// As registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `sent` is this URI for a client of this type.
    pub fn matches(&self, application: ApplicationType, sent: &str) -> bool {
        if self.0 == sent {
            return true;
        }
        application == ApplicationType::Native && same_but_loopback_port(&self.0, sent)
    }

    /// The origin, for `form-action`.
    pub fn origin(&self) -> Option<String> {
        let url = Url::parse(&self.0).ok()?;
        matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
    }
}

/// RFC 8252 section 7.3: a native application may use any port on a loopback IP literal.
fn same_but_loopback_port(registered: &str, sent: &str) -> bool {
    let split = |text: &str| {
        let url = Url::parse(text).ok()?;
        let literal = match url.host()? {
            Host::Ipv4(ip) => ip.is_loopback(),
            Host::Ipv6(ip) => ip.is_loopback(),
            Host::Domain(_) => false,
        };
        // Only the canonical spelling, or two parsers could read it differently.
        let canonical = url.as_str() == text
            && url.scheme() == "http"
            && url.username().is_empty()
            && url.password().is_none();
        let rest = (
            url.host_str()?.to_owned(),
            url.path().to_owned(),
            url.query().map(str::to_owned),
        );
        (literal && canonical && url.fragment().is_none()).then_some(rest)
    };
    matches!((split(registered), split(sent)), (Some(a), Some(b)) if a == b)
}

impl TryFrom<String> for RedirectUri {
    type Error = RedirectUriError;

    fn try_from(text: String) -> Result<Self, RedirectUriError> {
        Self::new(&text)
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RedirectUri({})", self.0)
    }
}

//! The ports of tokens: check what a caller shows; sign, or sign then encrypt.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::TenantId;
use crate::jwk::JwkSetDocument;
use crate::principal::Principal;
use crate::time::Timestamp;

/// What a caller of an API shows.
#[derive(Clone, Copy)]
pub struct PresentedToken<'a> {
    /// The token after the scheme.
    pub token: &'a str,
    /// The request's method, for a proof of possession (RFC 9449 `htm`).
    pub method: &'a http::Method,
    /// The request's target as the client sent it (RFC 9449 `htu`).
    pub uri: &'a http::Uri,
    /// The `DPoP` header, when there is exactly one.
    pub dpop: Option<&'a str>,
    /// The verified client certificate (DER), when there is one (RFC 8705).
    pub client_certificate: Option<&'a [u8]>,
}

impl std::fmt::Debug for PresentedToken<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PresentedToken([redacted])")
    }
}

/// Why a token was not accepted or not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The caller's fault: the token is not good here. The cause is for the log alone.
    #[error("the token is not valid here")]
    Invalid(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The recipient has no key that the token could be encrypted to.
    #[error("the recipient has no usable encryption key")]
    NoEncryptionKey,
    /// Keys, store or key service cannot be reached now; try again later (503).
    #[error("tokens cannot be handled at the moment")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Checks what a caller shows.
#[async_trait]
pub trait TokenVerifier: Send + Sync + 'static {
    /// Verifies everything about the token: signature, encryption, issuer,
    /// audience, times, type, proof of possession.
    ///
    /// # Errors
    /// [`TokenError::Invalid`] is the caller's fault (401),
    /// [`TokenError::Unavailable`] is ours (503).
    async fn verify(
        &self,
        shown: PresentedToken<'_>,
        now: Timestamp,
    ) -> Result<Principal, TokenError>;
}

/// The claims of an access token (RFC 9068 section 2.2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Subject: the person, or the client when it acts for itself.
    pub sub: String,
    /// The API's audience.
    pub aud: String,
    /// The client.
    pub client_id: String,
    /// Issued at, in seconds.
    pub iat: i64,
    /// Ends at, in seconds.
    pub exp: i64,
    /// Its own identifier.
    pub jti: String,
    /// Granted scopes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub scope: String,
    /// When the person was authenticated, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth_time: Option<i64>,
    /// How strongly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The session (`sid`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// The grant, so that an emergency can name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gid: Option<String>,
    /// Released attributes.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// The claims of an ID token (OIDC Core section 2).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IdTokenClaims {
    /// Issuer.
    pub iss: String,
    /// Subject.
    pub sub: String,
    /// The client.
    pub aud: String,
    /// Issued at, in seconds.
    pub iat: i64,
    /// Ends at, in seconds.
    pub exp: i64,
    /// When the person was authenticated, in seconds.
    pub auth_time: i64,
    /// As sent in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// How strongly the person was authenticated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<String>,
    /// By what means.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Half of the access token's digest (OIDC Core section 3.1.3.6).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// Released attributes.
    #[serde(flatten)]
    pub rest: Map<String, Value>,
}

/// What to issue.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum TokenSpec<'a> {
    /// An access token (`at+jwt`).
    Access(&'a AccessTokenClaims),
    /// An ID token.
    Id(&'a IdTokenClaims),
}

/// A token, ready to send. `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedToken(pub String);

impl std::fmt::Debug for IssuedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("IssuedToken([redacted])")
    }
}

/// Signs, or signs then encrypts.
#[async_trait]
pub trait TokenIssuer: Send + Sync + 'static {
    /// Issues one token of `tenant`; with `encrypt_to`, nested in a JWE to a key of
    /// that set, and never without it.
    ///
    /// # Errors
    /// [`TokenError::NoEncryptionKey`] when no key of the set can be used,
    /// [`TokenError::Unavailable`] when the signing key cannot be reached.
    async fn issue(
        &self,
        tenant: &TenantId,
        spec: TokenSpec<'_>,
        encrypt_to: Option<&JwkSetDocument>,
    ) -> Result<IssuedToken, TokenError>;
}

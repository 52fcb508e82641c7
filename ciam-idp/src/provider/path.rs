//! The paths below the issuer's.

use ciam_core::{ConnectionId, Issuer};

pub(crate) const AUTHORIZE: &str = "/authorize";
/// Followed by the id of a connection: one redirect URI for each, so that an answer
/// cannot be taken for another provider's (RFC 9700 section 4.4.2.2).
pub(crate) const CALLBACK: &str = "/callback/";
pub(crate) const END_SESSION: &str = "/end_session";
pub(crate) const INTERACTION: &str = "/interaction/";
pub(crate) const JWKS: &str = "/jwks";
pub(crate) const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const OPENID_METADATA: &str = "/.well-known/openid-configuration";
pub(crate) const TOKEN: &str = "/token";
pub(crate) const USERINFO: &str = "/userinfo";

/// The redirect URI of a connection.
pub(crate) fn callback(issuer: &Issuer, connection: &ConnectionId) -> String {
    issuer.endpoint(&format!("{CALLBACK}{connection}"))
}

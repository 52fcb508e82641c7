//! The paths below the issuer's.

pub(crate) const AUTHORIZE: &str = "/authorize";
pub(crate) const CALLBACK: &str = "/callback";
pub(crate) const END_SESSION: &str = "/end_session";
pub(crate) const INTERACTION: &str = "/interaction/";
pub(crate) const JWKS: &str = "/jwks";
pub(crate) const OAUTH_METADATA: &str = "/.well-known/oauth-authorization-server";
pub(crate) const OPENID_METADATA: &str = "/.well-known/openid-configuration";
pub(crate) const TOKEN: &str = "/token";
pub(crate) const USERINFO: &str = "/userinfo";

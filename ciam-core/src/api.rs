//! APIs: the protected resources that access tokens are for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::jwk::JwkSetDocument;
use crate::scope::Scope;

/// A registered API (a protected resource, RFC 8707).
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

const fn yes() -> bool {
    true
}

//! Claims that the protocol itself fills in.

/// Whether `claim` is one that no attribute, rule or upstream provider may set:
/// whoever could set `sub` or `acr` could be anybody.
pub(crate) fn is_reserved(claim: &str) -> bool {
    RESERVED.contains(&claim)
}

// RFC 7519 4.1, OIDC Core 2, RFC 9068 2.2, RFC 8693 4, RFC 7800, and our own.
const RESERVED: [&str; 24] = [
    "_claim_names",
    "_claim_sources",
    "act",
    "acr",
    "amr",
    "at_hash",
    "aud",
    "auth_time",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "gid",
    "iat",
    "iss",
    "jti",
    "may_act",
    "nbf",
    "nonce",
    "scope",
    "sid",
    "sub",
];

//! The metadata (RFC 8414 section 2, OIDC Discovery section 3): only what works.

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::json;

use crate::api::OPENID_SCOPES;
use crate::provider::{Inner, path};
use crate::wire;

/// The metadata document. It names no API scopes: which APIs there are is
/// nobody's business who has no token for them.
pub(crate) fn get(inner: &Inner) -> Response<Bytes> {
    let issuer = &inner.issuer;
    let acr: Vec<&str> = inner.acr.iter().collect();
    let metadata = json!({
        "issuer": issuer.as_str(),
        "authorization_endpoint": issuer.endpoint(path::AUTHORIZE),
        "token_endpoint": issuer.endpoint(path::TOKEN),
        "userinfo_endpoint": issuer.endpoint(path::USERINFO),
        "jwks_uri": issuer.endpoint(path::JWKS),
        "end_session_endpoint": issuer.endpoint(path::END_SESSION),
        "scopes_supported": OPENID_SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "id_token_encryption_alg_values_supported": ["ECDH-ES"],
        "id_token_encryption_enc_values_supported": ["A256GCM"],
        "acr_values_supported": acr,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "claim_types_supported": ["normal"],
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "sid", "at_hash"
        ],
        "claims_parameter_supported": false,
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
        "authorization_response_iss_parameter_supported": true,
    });
    wire::json(StatusCode::OK, &metadata)
}

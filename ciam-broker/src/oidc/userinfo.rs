//! Userinfo (OIDC Core 5.3).

use bytes::Bytes;
use http::{HeaderValue, Request, StatusCode, header};
use serde_json::{Map, Value};

use super::OidcConnector;
use super::fetch::{BadAnswer, is_json, unanswered, unavailable};
use super::metadata::Metadata;
use super::token_request::Tokens;
use crate::connector::{ConnectorError, Rejection};

impl OidcConnector {
    /// The claims of the userinfo endpoint, which must be about `subject`.
    pub(super) async fn userinfo(
        &self,
        metadata: &Metadata,
        tokens: &Tokens,
        subject: &str,
    ) -> Result<Map<String, Value>, ConnectorError> {
        let url = metadata
            .userinfo_endpoint
            .as_ref()
            .ok_or(ConnectorError::Misconfigured(
                "the provider has no userinfo endpoint",
            ))?;
        let bearer = format!("Bearer {}", tokens.access_token.expose());
        let mut bearer = HeaderValue::from_str(&bearer)
            .map_err(|_| Rejection::TokenResponse("the access token has odd characters"))?;
        bearer.set_sensitive(true);
        let request = Request::get(url.as_str())
            .header(header::AUTHORIZATION, bearer)
            .header(header::ACCEPT, "application/json")
            .body(Bytes::new())
            .map_err(|error| ConnectorError::Internal(error.into()))?;
        let answer = self.http.send(request).await.map_err(unanswered)?;
        if answer.status().is_server_error() {
            return Err(unavailable(BadAnswer::Status(answer.status())));
        }
        if answer.status() != StatusCode::OK || !is_json(answer.headers()) {
            return Err(Rejection::UserInfo("it is not JSON").into());
        }
        let claims: Map<String, Value> = serde_json::from_slice(answer.body())
            .map_err(|_| Rejection::UserInfo("it is not a JSON object"))?;
        // Otherwise a stolen access token brings in somebody else (OIDC Core 5.3.2).
        if claims.get("sub").and_then(Value::as_str) != Some(subject) {
            return Err(Rejection::UserInfo("`sub` is another one").into());
        }
        Ok(claims)
    }
}

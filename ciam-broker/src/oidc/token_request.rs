//! The token request (RFC 6749 4.1.3) with private_key_jwt (OIDC Core 9).

use std::time::Duration;

use bytes::Bytes;
use ciam_core::encoding::b64url_encode;
use ciam_core::outside::random;
use ciam_core::{Secret, Timestamp};
use ciam_tokens::PrivateKeyError;
use ciam_tokens::profile::client_assertion;
use http::{Request, StatusCode, header};
use oauth2::basic::{BasicErrorResponseType, BasicTokenType};
use oauth2::{ExtraTokenFields, StandardErrorResponse, StandardTokenResponse, TokenResponse as _};
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::fetch::{BadAnswer, is_json, unanswered, unavailable};
use super::metadata::Metadata;
use super::{LoginState, OidcConnector};
use crate::connection::Connection;
use crate::connector::{ConnectorError, Rejection};

/// What the token endpoint gave.
pub(super) struct Tokens {
    pub(super) access_token: Secret<String>,
    pub(super) id_token: Secret<String>,
}

impl OidcConnector {
    /// Redeems the code.
    pub(super) async fn redeem(
        &self,
        connection: &Connection,
        metadata: &Metadata,
        state: &LoginState,
        code: &Secret<String>,
        now: Timestamp,
    ) -> Result<Tokens, ConnectorError> {
        let assertion = self.client_assertion(connection, now).await?;
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "authorization_code")
            .append_pair("code", code.expose())
            .append_pair("redirect_uri", &state.redirect_uri)
            .append_pair("client_id", connection.client_id.as_str())
            .append_pair("code_verifier", state.verifier.secret())
            .append_pair("client_assertion_type", ASSERTION_TYPE)
            .append_pair("client_assertion", &assertion)
            .finish();
        let request = Request::post(metadata.token_endpoint.as_str())
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(body))
            .map_err(|error| ConnectorError::Internal(error.into()))?;
        let answer = self.http.send(request).await.map_err(unanswered)?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(refused(status, answer.body()));
        }
        if !is_json(answer.headers()) {
            return Err(Rejection::TokenResponse("it is not JSON").into());
        }
        read(answer.body())
    }

    /// `aud` is the issuer: an endpoint's address would let another server use
    /// the assertion (FAPI 2.0 5.3.2.1).
    async fn client_assertion(
        &self,
        connection: &Connection,
        now: Timestamp,
    ) -> Result<String, ConnectorError> {
        let key = self.keys.signing().ok_or(ConnectorError::Misconfigured(
            "we have no key to sign client assertions with",
        ))?;
        let assertion = client_assertion::sign_with(
            key.as_ref(),
            &connection.client_id,
            connection.issuer.as_str(),
            &b64url_encode(&random::<16>(self.entropy.as_ref())),
            ASSERTION_LIFETIME,
            now,
        )
        .await
        .map_err(|error| match error {
            PrivateKeyError::Unavailable(_) => ConnectorError::KeyUnavailable(error),
            other => ConnectorError::Internal(other.into()),
        })?;
        Ok(assertion.as_str().to_owned())
    }
}

/// The one member of a token response that OpenID Connect adds.
#[derive(Debug, Serialize, Deserialize)]
struct IdTokenMember {
    id_token: Option<Secret<String>>,
}

impl ExtraTokenFields for IdTokenMember {}

fn read(body: &[u8]) -> Result<Tokens, ConnectorError> {
    let response: StandardTokenResponse<IdTokenMember, BasicTokenType> =
        serde_json::from_slice(body)
            .map_err(|_| Rejection::TokenResponse("it is not a token response"))?;
    if *response.token_type() != BasicTokenType::Bearer {
        return Err(Rejection::TokenResponse("`token_type` is not Bearer").into());
    }
    let id_token = response
        .extra_fields()
        .id_token
        .clone()
        .ok_or(Rejection::TokenResponse("there is no ID token"))?;
    Ok(Tokens {
        access_token: Secret::new(response.access_token().secret().clone()),
        id_token,
    })
}

fn refused(status: StatusCode, body: &[u8]) -> ConnectorError {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return unavailable(BadAnswer::Status(status));
    }
    let error = serde_json::from_slice::<StandardErrorResponse<BasicErrorResponseType>>(body);
    match error.as_ref().map(StandardErrorResponse::error) {
        Ok(BasicErrorResponseType::InvalidGrant) => Rejection::Code.into(),
        Ok(BasicErrorResponseType::InvalidClient | BasicErrorResponseType::UnauthorizedClient) => {
            ConnectorError::Misconfigured("the provider does not know us as this client")
        }
        _ => Rejection::TokenResponse("the provider refused the token request").into(),
    }
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const ASSERTION_LIFETIME: Duration = Duration::from_secs(60);

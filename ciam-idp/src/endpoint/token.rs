//! The token endpoint (RFC 6749 section 3.2).

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::client::{Client, GrantType};
use http::header::WWW_AUTHENTICATE;
use http::{Request, Response, StatusCode};

use crate::audit;
use crate::client_auth::{self, ClientAuthError};
use crate::grant::{self, RequestError, TokenRequest};
use crate::issue::TokenResponse;
use crate::parameters::Parameters;
use crate::provider::Inner;
use crate::wire;

/// Authenticates the client, then leaves the rest to the grant.
pub(crate) async fn post(inner: &Inner, request: &Request<Bytes>) -> Response<Bytes> {
    let parameters = match parameters(request) {
        Ok(parameters) => parameters,
        Err(error) => return refuse(inner, None, error).await,
    };
    let grant_type = match grant_type(&parameters) {
        Ok(grant_type) => grant_type,
        Err(error) => return refuse(inner, None, error).await,
    };
    let now = inner.now();
    let client = match client_auth::authenticate(inner, request.headers(), &parameters, now).await {
        Ok(client) => client,
        Err(error) => return unauthenticated(inner, error).await,
    };
    let asked = TokenRequest {
        client: &client,
        parameters: &parameters,
        now,
    };
    match exchange(inner, grant_type, asked).await {
        Ok(response) => wire::json(StatusCode::OK, &response),
        Err(error) => refuse(inner, Some(&client), error).await,
    }
}

fn parameters(request: &Request<Bytes>) -> Result<Parameters, RequestError> {
    // Credentials in a query end up in logs (RFC 6749 section 2.3.1).
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        return Err(RequestError::InvalidRequest(
            "parameters belong into the body",
        ));
    }
    let parameters = Parameters::parse(request.body())
        .map_err(|_| RequestError::InvalidRequest("the body is malformed or too long"))?;
    for name in SINGLE {
        parameters.one(name)?;
    }
    Ok(parameters)
}

fn grant_type(parameters: &Parameters) -> Result<GrantType, RequestError> {
    match parameters.one("grant_type")? {
        Some("authorization_code") => Ok(GrantType::AuthorizationCode),
        Some("refresh_token") => Ok(GrantType::RefreshToken),
        Some("client_credentials") => Ok(GrantType::ClientCredentials),
        None => Err(RequestError::InvalidRequest("grant_type is missing")),
        Some(_) => Err(RequestError::UnsupportedGrantType(
            "the grant_type is not supported",
        )),
    }
}

async fn exchange(
    inner: &Inner,
    grant_type: GrantType,
    request: TokenRequest<'_>,
) -> Result<TokenResponse, RequestError> {
    if !request.client.grant_types.contains(&grant_type) {
        return Err(RequestError::UnauthorizedClient(
            "the client may not use this grant_type",
        ));
    }
    match grant_type {
        GrantType::AuthorizationCode => grant::authorization_code(inner, request).await,
        GrantType::RefreshToken => grant::refresh_token(inner, request).await,
        GrantType::ClientCredentials => grant::client_credentials(inner, request).await,
        _ => Err(RequestError::UnsupportedGrantType(
            "the grant_type is not supported",
        )),
    }
}

/// 401, the same for every cause (RFC 6749 section 5.2).
async fn unauthenticated(inner: &Inner, error: ClientAuthError) -> Response<Bytes> {
    let (reason, client, basic) = match error {
        ClientAuthError::InvalidRequest(description) => {
            return refuse(inner, None, RequestError::InvalidRequest(description)).await;
        }
        ClientAuthError::Failure(failure) => return wire::failure_json(inner, failure).await,
        ClientAuthError::InvalidClient {
            reason,
            client,
            basic,
        } => (reason, client, basic),
    };
    let event = AuditEvent {
        client: client.map(String::from),
        reason: Some(reason.to_owned()),
        ..audit::event(inner, "client.refused", Outcome::Refused)
    };
    audit::record(inner, event).await;
    let mut response = wire::json_error(
        StatusCode::UNAUTHORIZED,
        "invalid_client",
        "client authentication failed",
    );
    if basic {
        wire::set(&mut response, WWW_AUTHENTICATE, "Basic realm=\"token\"");
    }
    response
}

async fn refuse(inner: &Inner, client: Option<&Client>, error: RequestError) -> Response<Bytes> {
    let (code, description) = match error {
        RequestError::InvalidRequest(text) => ("invalid_request", text),
        RequestError::InvalidGrant(text) => ("invalid_grant", text),
        RequestError::UnauthorizedClient(text) => ("unauthorized_client", text),
        RequestError::UnsupportedGrantType(text) => ("unsupported_grant_type", text),
        RequestError::InvalidScope(text) => ("invalid_scope", text),
        RequestError::InvalidTarget(text) => ("invalid_target", text),
        RequestError::Failure(failure) => return wire::failure_json(inner, failure).await,
    };
    let event = AuditEvent {
        client: client.map(|client| client.id.to_string()),
        reason: Some(format!("{code}: {description}")),
        ..audit::event(inner, "tokens.refused", Outcome::Refused)
    };
    audit::record(inner, event).await;
    wire::json_error(StatusCode::BAD_REQUEST, code, description)
}

/// RFC 6749 section 3.2: no parameter comes twice; `resource` may (RFC 8707).
const SINGLE: [&str; 10] = [
    "client_assertion",
    "client_assertion_type",
    "client_id",
    "client_secret",
    "code",
    "code_verifier",
    "grant_type",
    "redirect_uri",
    "refresh_token",
    "scope",
];

//! The userinfo endpoint (OIDC Core section 5.3): access tokens for the provider itself.

use bytes::Bytes;
use ciam_broker::ReleaseTarget;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::store::Kind;
use ciam_core::{ClientId, GrantId, Principal, SubjectId, Timestamp};
use ciam_policy::Refusal;
use http::header::WWW_AUTHENTICATE;
use http::{Request, Response, StatusCode};
use serde_json::{Map, Value};

use crate::account;
use crate::audit;
use crate::failure::Failure;
use crate::grant;
use crate::issue;
use crate::parameters::Parameters;
use crate::provider::Inner;
use crate::release;
use crate::wire;

/// The claims of the person whom the token is about.
pub(crate) async fn handle(inner: &Inner, request: &Request<Bytes>) -> Response<Bytes> {
    // RFC 6750 section 2: one place for the token, and here that is the header.
    let in_body = Parameters::parse(request.body())
        .is_ok_and(|parameters| parameters.all("access_token").next().is_some());
    if in_body {
        return challenge(
            inner,
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "the access token belongs into the Authorization header",
        )
        .await;
    }
    let caller = inner
        .guard
        .authenticate(request.method(), request.uri(), request.headers())
        .await;
    let caller = match caller {
        Ok(caller) => caller,
        Err(refusal) => return refuse(inner, &refusal).await,
    };
    if let Err(refusal) = caller.require_scope("openid") {
        return refuse(inner, &refusal).await;
    }
    match claims(inner, caller.principal(), inner.now()).await {
        Ok(Some(claims)) => wire::json(StatusCode::OK, &claims),
        Ok(None) => {
            challenge(
                inner,
                StatusCode::UNAUTHORIZED,
                "invalid_token",
                "the access token is not valid any more",
            )
            .await
        }
        Err(failure) => wire::failure_json(inner, failure).await,
    }
}

/// None when the grant was revoked, the account or client is gone or consent was
/// withdrawn: here revocation bites at once. Of what the token names, only the scopes
/// count that the client may have and the person allows by now.
async fn claims(
    inner: &Inner,
    principal: &Principal,
    now: Timestamp,
) -> Result<Option<Map<String, Value>>, Failure> {
    let grant_id = principal.claims.get("gid").and_then(Value::as_str);
    let (Some(grant_id), Ok(subject), Ok(client)) = (
        grant_id.and_then(|id| id.parse::<GrantId>().ok()),
        principal.subject.parse::<SubjectId>(),
        principal.client_id.parse::<ClientId>(),
    ) else {
        return Ok(None);
    };
    let mark = issue::mark(grant_id, &principal.token_id);
    let state = &inner.stores.state;
    if state
        .get(&inner.tenant, Kind::AccessToken, &mark, now)
        .await?
        .is_none()
    {
        return Ok(None);
    }
    let client = inner.stores.clients.client(&inner.tenant, &client).await?;
    let Some(client) = client.filter(|client| client.enabled) else {
        return Ok(None);
    };
    let Some((_, profile)) = account::load(inner, &subject).await? else {
        return Ok(None);
    };
    let Some(allowed) = grant::consented(inner, &client, &subject, &principal.scopes).await? else {
        return Ok(None);
    };
    let scopes = principal
        .scopes
        .filtered(|scope| client.scopes.contains(scope.as_str()))
        .filtered(|scope| allowed.contains(scope.as_str()));
    if !scopes.contains("openid") {
        return Ok(None);
    }
    let target = ReleaseTarget::UserInfo;
    let mut claims = release::claims(inner, &client.id, &scopes, &profile, target).await?;
    claims.insert("sub".into(), principal.subject.as_str().into());
    Ok(Some(claims))
}

/// The guard's answer. A call without a token is how clients ask which scheme is
/// wanted, and no event.
async fn refuse(inner: &Inner, refusal: &Refusal) -> Response<Bytes> {
    if let Some(error) = refusal.error() {
        let event = AuditEvent {
            reason: Some(format!("{error}: {}", audit::chain(refusal))),
            ..audit::event(inner, "userinfo.refused", Outcome::Refused)
        };
        audit::record(inner, event).await;
    }
    refusal.response()
}

/// RFC 6750 section 3.
async fn challenge(
    inner: &Inner,
    status: StatusCode,
    error: &str,
    description: &str,
) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some(format!("{error}: {description}")),
        ..audit::event(inner, "userinfo.refused", Outcome::Refused)
    };
    audit::record(inner, event).await;
    let mut response = wire::json_error(status, error, description);
    let challenge = format!("Bearer error=\"{error}\", error_description=\"{description}\"");
    wire::set(&mut response, WWW_AUTHENTICATE, &challenge);
    response
}

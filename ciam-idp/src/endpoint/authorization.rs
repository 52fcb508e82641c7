//! The authorization endpoint (RFC 6749 section 3.1, OIDC Core section 3.1.2).

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use http::{Method, Request, Response, StatusCode};

use crate::audit;
use crate::browser;
use crate::check::{self, Refusal};
use crate::flow;
use crate::parameters::Parameters;
use crate::provider::{Inner, path};
use crate::response;
use crate::stage::AuthorizationRequest;
use crate::wire;

/// Parameters come in the query or, with POST, in the form.
pub(crate) async fn handle(inner: &Inner, request: &Request<Bytes>) -> Response<Bytes> {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    if query.len() > QUERY_LIMIT {
        return refuse(
            inner,
            StatusCode::URI_TOO_LONG,
            "the query is too long",
            None,
        )
        .await;
    }
    let text = match *request.method() {
        Method::POST => request.body(),
        _ => query,
    };
    let Ok(parameters) = Parameters::parse(text) else {
        let reason = "the parameters are malformed or too many";
        return refuse(inner, StatusCode::BAD_REQUEST, reason, None).await;
    };
    if *request.method() == Method::POST && !browser::posted_from_here(inner, request.headers()) {
        return repeat_as_get(inner, &parameters).await;
    }
    let now = inner.now();
    let asked = AuthorizationRequest { parameters };
    match check::run(inner, &asked, now).await {
        Ok(validated) => flow::start(inner, validated, request.headers(), now).await,
        Err(Refusal::Page { reason, client }) => {
            refuse(inner, StatusCode::BAD_REQUEST, reason, client).await
        }
        Err(Refusal::Redirect {
            address,
            client,
            error,
            description,
        }) => {
            let event = AuditEvent {
                client: Some(client),
                reason: Some(format!("{}: {description}", error.as_str())),
                ..audit::event(inner, "authorization.refused", Outcome::Refused)
            };
            audit::record(inner, event).await;
            response::error_to(inner, &address, error, description)
        }
        Err(Refusal::Failure {
            failure,
            address: None,
        }) => wire::failure_page(inner, failure, None).await,
        Err(Refusal::Failure {
            failure,
            address: Some(address),
        }) => {
            audit::record(inner, wire::failure_event(inner, &failure)).await;
            let (error, description) = wire::authorization_error(&failure);
            response::error_to(inner, &address, error, description)
        }
    }
}

/// A form of another site comes without our cookies (`SameSite=Lax`): nobody would be
/// signed in, and the browser would get a new cookie in place of the one it has. So
/// the same request is made again as a GET, which has them.
async fn repeat_as_get(inner: &Inner, parameters: &Parameters) -> Response<Bytes> {
    let query = parameters.to_query();
    if query.len() > QUERY_LIMIT {
        let (status, reason) = (StatusCode::PAYLOAD_TOO_LARGE, "the form is too long");
        return refuse(inner, status, reason, None).await;
    }
    let address = inner.issuer.endpoint(path::AUTHORIZE);
    wire::see_other(&format!("{address}?{query}"))
}

/// The one page for all that cannot go back to a client: it does not tell which
/// clients there are.
async fn refuse(
    inner: &Inner,
    status: StatusCode,
    reason: &str,
    client: Option<String>,
) -> Response<Bytes> {
    let event = AuditEvent {
        client,
        reason: Some(reason.to_owned()),
        ..audit::event(inner, "authorization.refused", Outcome::Refused)
    };
    wire::page_with_event(
        inner,
        status,
        "This request cannot be handled",
        "The application sent you here with a request that is not valid.",
        "Please go back to the application and try again. If it happens again, tell whoever runs it.",
        event,
    )
    .await
}

const QUERY_LIMIT: usize = 16 * 1_024;

//! Answers that are the same at every endpoint: JSON, redirects, error pages.

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};
use serde::Serialize;

use crate::audit;
use crate::failure::Failure;
use crate::page::{self, Delivery, Page};
use crate::provider::Inner;
use crate::response::{self, AuthorizationError};
use crate::stage::ValidatedRequest;

/// JSON that nobody may keep (RFC 6749 section 5.1).
pub(crate) fn json(status: StatusCode, body: &impl Serialize) -> Response<Bytes> {
    let (status, body) = match serde_json::to_vec(body) {
        Ok(body) => (status, body),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            br#"{"error":"server_error"}"#.to_vec(),
        ),
    };
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = status;
    for (name, value) in [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "no-store"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        set(&mut response, name, value);
    }
    response
}

/// An error object as of RFC 6749 section 5.2; the description is fixed text.
pub(crate) fn json_error(status: StatusCode, error: &str, description: &str) -> Response<Bytes> {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        error_description: &'a str,
    }
    json(
        status,
        &Body {
            error,
            error_description: description,
        },
    )
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = status;
    set(&mut response, CACHE_CONTROL, "no-store");
    response
}

/// 421: the request is for another host (RFC 9110 section 15.5.20). Whoever set up
/// a proxy or typed another spelling of the address reads which one is meant.
pub(crate) fn misdirected(inner: &Inner) -> Response<Bytes> {
    let mut response = empty(StatusCode::MISDIRECTED_REQUEST);
    set(&mut response, CONTENT_TYPE, "text/plain; charset=utf-8");
    let text = format!("This provider answers at {} only.\n", inner.issuer);
    *response.body_mut() = Bytes::from(text);
    response
}

/// 303: the browser follows with GET and takes no form data along (RFC 9700 section 4.12).
pub(crate) fn see_other(location: &str) -> Response<Bytes> {
    let mut response = empty(StatusCode::SEE_OTHER);
    set(&mut response, LOCATION, location);
    // The address left may hold parameters of a request; the next one needs none of it.
    set(&mut response, http::header::REFERRER_POLICY, "no-referrer");
    response
}

/// What everybody may read and keep for a while, scripts of other sites too: nobody is
/// told anything there because of who they are. HEAD is answered without the body
/// (RFC 9110 section 9.3.2).
pub(crate) fn published(method: &Method, mut response: Response<Bytes>) -> Response<Bytes> {
    // Short enough that a new key is known before it signs for long.
    set(&mut response, CACHE_CONTROL, "public, max-age=300");
    set(&mut response, ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    if *method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    response
}

/// Sets a header; a value that is no header value is left out.
pub(crate) fn set(response: &mut Response<Bytes>, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The error page for something that is wrong with the request, with an event
/// that its correlation id leads to.
pub(crate) async fn page_error(
    inner: &Inner,
    status: StatusCode,
    title: &str,
    sentence: &str,
    what_to_do: &str,
) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some(format!("{title}: {sentence}")),
        ..audit::event(inner, "page.refused", Outcome::Refused)
    };
    page_with_event(inner, status, title, sentence, what_to_do, event).await
}

/// The same with an event of the caller's making; its correlation id is filled in.
pub(crate) async fn page_with_event(
    inner: &Inner,
    status: StatusCode,
    title: &str,
    sentence: &str,
    what_to_do: &str,
    event: AuditEvent,
) -> Response<Bytes> {
    let correlation = audit::correlation(inner);
    let response = render(
        inner,
        page::Failure {
            status,
            title,
            sentence,
            what_to_do,
            correlation: Some(&correlation),
        },
    );
    let event = AuditEvent {
        correlation: Some(correlation),
        ..event
    };
    audit::record(inner, event).await;
    response
}

/// The page for an address that leads nowhere. There is no event: anybody can call
/// such addresses, and as many as they like.
pub(crate) fn no_such_page(inner: &Inner) -> Response<Bytes> {
    render(
        inner,
        page::Failure {
            status: StatusCode::NOT_FOUND,
            title: "There is no such page",
            sentence: "The address leads nowhere.",
            what_to_do: "Please go back to the application you came from.",
            correlation: None,
        },
    )
}

fn render(inner: &Inner, failure: page::Failure<'_>) -> Response<Bytes> {
    let delivery = Delivery {
        https: inner.issuer.is_https(),
        form_targets: &[],
    };
    inner
        .pages
        .render(&Page::Failure(failure), &inner.brand, &delivery)
}

/// A failure of ours in front of a person: back to the client with
/// `temporarily_unavailable` or `server_error` when we know where it is
/// (RFC 6749 section 4.1.2.1), else a page with 503 or 500.
pub(crate) async fn failure_page(
    inner: &Inner,
    failure: Failure,
    request: Option<&ValidatedRequest>,
) -> Response<Bytes> {
    let event = AuditEvent {
        client: request.map(|request| request.client().id.to_string()),
        ..failure_event(inner, &failure)
    };
    if let Some(request) = request {
        audit::record(inner, event).await;
        let (error, description) = authorization_error(&failure);
        return response::error(inner, request, error, description);
    }
    let (status, sentence, what_to_do) = if failure.is_temporary() {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "A service that is needed to sign you in does not answer.",
            "Please try again in a moment.",
        )
    } else {
        (
            StatusCode::INTERNAL_SERVER_ERROR,
            "Something went wrong on our side.",
            "Please go back to the application and try again later.",
        )
    };
    let mut response = page_with_event(
        inner,
        status,
        "That did not work",
        sentence,
        what_to_do,
        event,
    )
    .await;
    if failure.is_temporary() {
        set(&mut response, RETRY_AFTER, RETRY_SECONDS);
    }
    response
}

/// A failure of ours at an endpoint that answers JSON: 503 with Retry-After, or 500.
pub(crate) async fn failure_json(inner: &Inner, failure: Failure) -> Response<Bytes> {
    audit::record(inner, failure_event(inner, &failure)).await;
    if failure.is_temporary() {
        let mut response = json_error(
            StatusCode::SERVICE_UNAVAILABLE,
            "temporarily_unavailable",
            "a service the provider needs does not answer; try again",
        );
        set(&mut response, RETRY_AFTER, RETRY_SECONDS);
        return response;
    }
    json_error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "server_error",
        "something went wrong on our side",
    )
}

/// How a failure of ours is called in an authorization response.
pub(crate) const fn authorization_error(failure: &Failure) -> (AuthorizationError, &'static str) {
    if failure.is_temporary() {
        (
            AuthorizationError::TemporarilyUnavailable,
            "try again in a moment",
        )
    } else {
        (
            AuthorizationError::ServerError,
            "something went wrong on our side",
        )
    }
}

/// The event of a failure, with its whole chain of causes.
pub(crate) fn failure_event(inner: &Inner, failure: &Failure) -> AuditEvent {
    AuditEvent {
        reason: Some(audit::chain(failure)),
        ..audit::event(inner, "provider.failed", Outcome::Failed)
    }
}

const RETRY_SECONDS: &str = "5";

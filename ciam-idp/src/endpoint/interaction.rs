//! The pages of a sign-in under way.

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use http::{Request, Response, StatusCode};

use crate::interaction::{self, Closed, Open};
use crate::parameters::Parameters;
use crate::peer::Peer;
use crate::provider::Inner;
use crate::{audit, browser, wire};

/// Shows the page that is due.
pub(crate) async fn get(inner: &Inner, request: &Request<Bytes>, handle: &str) -> Response<Bytes> {
    let now = inner.now();
    match interaction::open(inner, request.headers(), handle, now).await {
        Ok(open) => match open.show(inner, request.headers(), now).await {
            Ok(response) => response,
            Err(failure) => wire::failure_page(inner, failure, None).await,
        },
        Err(closed) => interaction::closed(inner, closed).await,
    }
}

/// Takes what the person chose.
pub(crate) async fn post(
    inner: &Inner,
    request: &Request<Bytes>,
    peer: &Peer,
    handle: &str,
) -> Response<Bytes> {
    let now = inner.now();
    let headers = request.headers();
    let open = match interaction::open(inner, headers, handle, now).await {
        Ok(open) => open,
        // Somebody's form with the cookies of somebody else (RFC 9700 section 4.7).
        Err(Closed::OtherBrowser) => return foreign_form(inner).await,
        Err(closed) => return interaction::closed(inner, closed).await,
    };
    let Ok(form) = Parameters::parse(request.body()) else {
        return interaction::bad_form(inner).await;
    };
    if !is_ours(inner, request, &open, &form) {
        return foreign_form(inner).await;
    }
    match open.take(inner, headers, peer, &form, now).await {
        Ok(response) => response,
        Err(failure) => wire::failure_page(inner, failure, None).await,
    }
}

fn is_ours(inner: &Inner, request: &Request<Bytes>, open: &Open, form: &Parameters) -> bool {
    let csrf = form.one("csrf").ok().flatten();
    browser::posted_from_here(inner, request.headers()) && open.csrf().matches(csrf)
}

/// The page for a form that was posted from somewhere else, or is out of date. It
/// comes before everything else, so that it counts as no attempt.
pub(super) async fn foreign_form(inner: &Inner) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some("the form is not from a page of this provider".to_owned()),
        ..audit::event(inner, "form.refused", Outcome::Refused)
    };
    wire::page_with_event(
        inner,
        StatusCode::FORBIDDEN,
        "This form cannot be accepted",
        "It was not sent from our page, or the page is out of date.",
        "Go back to the application and start again there.",
        event,
    )
    .await
}

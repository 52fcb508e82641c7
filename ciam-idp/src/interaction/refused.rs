//! The policy's no, and the way back to the client.

use bytes::Bytes;
use ciam_core::Timestamp;
use ciam_core::audit::{AuditEvent, Outcome};
use http::Response;

use super::{Open, gone};
use crate::audit;
use crate::discovery_screen::{form_targets, render};
use crate::failure::Failure;
use crate::page::{Page, Refused};
use crate::provider::Inner;
use crate::response::{self, AuthorizationError};

/// The page that says no.
pub(super) fn page(inner: &Inner, open: &Open, sentence: &str) -> Response<Bytes> {
    let (action, csrf) = (open.address(inner), open.csrf());
    let page = Page::Refused(Refused {
        form: Open::form(&action, &csrf),
        client_name: &open.validated.client().name,
        sentence,
        what_to_do: None,
    });
    let redirect_uri = open.interaction.requested.redirect_uri.as_str();
    render(inner, &page, &form_targets(inner, [redirect_uri]))
}

/// Back to the client with `access_denied`, once.
pub(super) async fn back(
    inner: &Inner,
    open: Open,
    reason: &'static str,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let Some(validated) = open.consume(inner, now).await? else {
        return Ok(gone(inner).await);
    };
    let event = AuditEvent {
        client: Some(validated.client().id.to_string()),
        reason: Some(reason.to_owned()),
        ..audit::event(inner, "authorization.denied", Outcome::Refused)
    };
    audit::record(inner, event).await;
    let error = AuthorizationError::AccessDenied;
    Ok(response::error(inner, &validated, error, reason))
}

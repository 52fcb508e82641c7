//! The pages for interactions that do not open, and for forms that are not ours.

use bytes::Bytes;
use ciam_core::StoreError;
use http::{Response, StatusCode};

use crate::failure::Failure;
use crate::provider::Inner;
use crate::wire;

/// Why an interaction is not opened.
pub(crate) enum Closed {
    /// There is none: used, expired, never was, or its client is no more.
    Gone,
    /// It was begun in another browser (a link that somebody passed on).
    OtherBrowser,
    Failed(Failure),
}

/// The page for an interaction that does not open.
pub(crate) async fn closed(inner: &Inner, closed: Closed) -> Response<Bytes> {
    match closed {
        Closed::Gone => gone(inner).await,
        Closed::OtherBrowser => {
            wire::page_error(
                inner,
                StatusCode::BAD_REQUEST,
                "This page belongs to another browser",
                "The sign-in was begun in another browser, or its cookie is missing.",
                "Go back to the application and start again there. Cookies must be allowed.",
            )
            .await
        }
        Closed::Failed(failure) => wire::failure_page(inner, failure, None).await,
    }
}

/// The page for an interaction that was used up or has expired.
pub(crate) async fn gone(inner: &Inner) -> Response<Bytes> {
    wire::page_error(
        inner,
        StatusCode::BAD_REQUEST,
        "This page has expired",
        "The sign-in was finished or cancelled already, or it took too long.",
        "Go back to the application and start again there.",
    )
    .await
}

/// The page for a form that none of our pages sends.
pub(crate) async fn bad_form(inner: &Inner) -> Response<Bytes> {
    wire::page_error(
        inner,
        StatusCode::BAD_REQUEST,
        "The form was incomplete",
        "Something that the form needs was not sent, or was sent twice.",
        "Go back, fill in the form and send it again.",
    )
    .await
}

impl From<Failure> for Closed {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for Closed {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

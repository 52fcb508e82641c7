//! The headers of every page.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{Response, StatusCode};

use super::style::Style;
use super::{FormTarget, PageError};

/// What the headers of a page depend on besides its content.
#[derive(Debug, Clone, Copy, Default)]
pub struct Delivery<'a> {
    /// Whether the person came over TLS: adds Strict-Transport-Security.
    pub https: bool,
    /// Where the forms of the page may lead after a redirect.
    pub form_targets: &'a [FormTarget],
}

pub(super) fn html<'a>(
    status: StatusCode,
    body: String,
    styles: impl Iterator<Item = &'a Style>,
    delivery: &Delivery<'_>,
) -> Result<Response<Bytes>, PageError> {
    let policy = HeaderValue::try_from(policy(styles, delivery.form_targets))
        .map_err(|_| PageError::Policy)?;
    Ok(with_headers(
        status,
        Bytes::from(body),
        policy,
        delivery.https,
    ))
}

/// A page that needs no template.
pub(super) fn plain_failure(https: bool) -> Response<Bytes> {
    with_headers(
        StatusCode::INTERNAL_SERVER_ERROR,
        Bytes::from_static(PLAIN_FAILURE.as_bytes()),
        HeaderValue::from_static(PLAIN_POLICY),
        https,
    )
}

fn policy<'a>(styles: impl Iterator<Item = &'a Style>, targets: &[FormTarget]) -> String {
    let mut policy = String::from("default-src 'none'; style-src");
    for style in styles {
        policy.push(' ');
        policy.push_str(style.source());
    }
    policy.push_str("; form-action 'self'");
    for (position, target) in targets.iter().enumerate() {
        if !targets.iter().take(position).any(|seen| seen == target) {
            policy.push(' ');
            policy.push_str(target.as_str());
        }
    }
    policy.push_str("; frame-ancestors 'none'; base-uri 'none'");
    policy
}

fn with_headers(
    status: StatusCode,
    body: Bytes,
    policy: HeaderValue,
    https: bool,
) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if https {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

const FIXED: [(HeaderName, &str); 6] = [
    (CONTENT_TYPE, "text/html; charset=utf-8"),
    (CACHE_CONTROL, "no-store"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: under that policy browsers post forms with
    // `Origin: null` (Fetch §3.2), and the provider checks the Origin.
    // `same-origin` tells other sites just as little.
    (REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
];

const PLAIN_POLICY: &str =
    "default-src 'none'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

const PLAIN_FAILURE: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
<meta name=\"color-scheme\" content=\"light dark\"><title>Something went wrong</title></head>\n\
<body><main><h1>Something went wrong</h1><p>This page could not be shown. \
Please go back and try again later.</p></main></body>\n</html>\n";

//! The provider, mounted.

use std::borrow::Borrow;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, OriginalUri, Request};
use axum::response::Response;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{StatusCode, request};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use ciam_idp::{Peer, Provider};

/// A router whose fallback is the provider. Merge it into the application's router,
/// or nest it where the issuer has a path.
///
/// Serve with `into_make_service_with_connect_info::<SocketAddr>()`, so that the
/// provider knows the address of the other side and can slow down who guesses
/// passwords. Behind a proxy, a layer of the application that trusts it puts a
/// [`Peer`] into the request's extensions; that one then counts.
///
/// ```
/// use axum::{Router, routing::get};
/// use ciam_idp::Provider;
///
/// fn app(provider: &Provider) -> Router {
///     Router::new()
///         .route("/", get(|| async { "the application" }))
///         .merge(ciam_axum::routes(provider))
/// }
/// ```
pub fn routes<S>(provider: impl Borrow<Provider>) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let provider = provider.borrow().clone();
    Router::new().fallback(move |request: Request| {
        let provider = provider.clone();
        async move { answer(&provider, request).await }
    })
}

async fn answer(provider: &Provider, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = match Limited::new(body, provider.body_limit()).collect().await {
        Ok(body) => body.to_bytes(),
        Err(error) if error.is::<LengthLimitError>() => {
            return refuse(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large");
        }
        // The client went away or sent something that is not HTTP.
        Err(_) => return refuse(StatusCode::BAD_REQUEST, "the request ended early"),
    };
    let peer = peer(&parts);
    if let Some(OriginalUri(uri)) = parts.extensions.remove::<OriginalUri>() {
        parts.uri = uri;
    }
    let response = provider
        .handle(http::Request::from_parts(parts, body), peer)
        .await;
    response.map(Body::from)
}

fn peer(parts: &request::Parts) -> Peer {
    if let Some(peer) = parts.extensions.get::<Peer>() {
        return peer.clone();
    }
    let connection = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    Peer {
        address: connection.map(|ConnectInfo(address)| *address),
        client_certificate: None,
        https: false,
    }
}

fn refuse(status: StatusCode, description: &'static str) -> Response {
    let body = format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#);
    let mut response = Response::new(Body::from(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What is left of the body is not read.
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

//! The provider, mounted.

use std::borrow::Borrow;

use actix_web::http::StatusCode;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};

use ciam_idp::{Peer, Provider};

use crate::convert;
use crate::rejection::Rejection;

/// Makes the provider the default service of an `App`, or of a scope where the
/// issuer has a path.
///
/// Behind a proxy, middleware of the application that trusts it puts a [`Peer`]
/// into the request's extensions; that one then counts instead of the connection.
///
/// ```
/// use actix_web::{App, HttpServer, web};
/// use ciam_idp::Provider;
///
/// async fn serve(provider: Provider) -> std::io::Result<()> {
///     let app = move || {
///         App::new()
///             .route("/", web::get().to(|| async { "the application" }))
///             .configure(ciam_actix::routes(&provider))
///     };
///     HttpServer::new(app).bind("127.0.0.1:8080")?.run().await
/// }
/// ```
pub fn routes(provider: impl Borrow<Provider>) -> impl FnOnce(&mut ServiceConfig) {
    let provider = provider.borrow().clone();
    move |config| {
        let handler = move |request: HttpRequest, body: Payload| {
            let provider = provider.clone();
            async move { answer(&provider, &request, body).await }
        };
        config.default_service(web::to(handler));
    }
}

async fn answer(provider: &Provider, request: &HttpRequest, body: Payload) -> HttpResponse {
    let body = match body.to_bytes_limited(provider.body_limit()).await {
        Ok(Ok(body)) => body,
        // The client went away or sent something that is not HTTP.
        Ok(Err(_)) => return refuse(StatusCode::BAD_REQUEST, "the request ended early"),
        Err(_) => return refuse(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large"),
    };
    let head = match convert::request(request.head()) {
        Ok(head) => head,
        Err(refusal) => return Rejection::from(refusal).error_response(),
    };
    let response = provider.handle(head.map(|()| body), peer(request)).await;
    convert::response(response)
}

fn peer(request: &HttpRequest) -> Peer {
    if let Some(peer) = request.extensions().get::<Peer>() {
        return peer.clone();
    }
    Peer {
        address: request.peer_addr(),
        client_certificate: None,
        https: request.app_config().secure(),
    }
}

fn refuse(status: StatusCode, description: &'static str) -> HttpResponse {
    let body = format!(r#"{{"error":"invalid_request","error_description":"{description}"}}"#);
    HttpResponse::build(status)
        .content_type("application/json")
        .append_header(("cache-control", "no-store"))
        // What is left of the body is not read.
        .force_close()
        .body(body)
}

//! The provider mounted in a router.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::routing::get;
use ciam_axum::routes;
use ciam_core::store::memory::MemoryStore;
use ciam_core::{Issuer, RootKey, Stores};
use ciam_idp::{Keys, Provider};
use http::Response;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

const METADATA: &str = "/.well-known/openid-configuration";

async fn provider(issuer: &str) -> Provider {
    let issuer: Issuer = issuer.parse().unwrap();
    let stores = Stores::from_one(Arc::new(MemoryStore::new()));
    let root = RootKey::new([7; 32]);
    let keys = Keys::open(&issuer, &stores, &root).await.unwrap();
    Provider::builder(issuer)
        .with_stores(stores)
        .with_keys(keys)
        .build()
        .unwrap()
}

async fn send(app: &Router, method: &str, path: &str, body: Body) -> Response<Body> {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "id.example.com")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .unwrap();
    app.clone().oneshot(request).await.unwrap()
}

async fn issuer_in(response: Response<Body>) -> String {
    assert_eq!(response.status(), 200);
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let metadata: Value = serde_json::from_slice(&body).unwrap();
    metadata["issuer"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn beside_the_routes_of_the_application() {
    let provider = provider("https://id.example.com").await;
    let app = Router::new()
        .route("/", get(async || "the application"))
        .merge(routes(&provider));
    let home = send(&app, "GET", "/", Body::empty()).await;
    let body = home.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "the application");
    let metadata = send(&app, "GET", METADATA, Body::empty()).await;
    assert_eq!(issuer_in(metadata).await, "https://id.example.com");
    let unknown = send(&app, "GET", "/nowhere", Body::empty()).await;
    assert_eq!(unknown.status(), 404);
}

/// The provider sees the URI that the client sent, before nesting cuts something off.
#[tokio::test]
async fn nested_where_the_issuer_has_a_path() {
    let provider = provider("https://id.example.com/shop").await;
    let app = Router::new().nest("/shop", routes(provider));
    let metadata = send(&app, "GET", &format!("/shop{METADATA}"), Body::empty()).await;
    assert_eq!(issuer_in(metadata).await, "https://id.example.com/shop");
}

#[tokio::test]
async fn a_large_body_is_not_read() {
    let provider = provider("https://id.example.com").await;
    let limit = provider.body_limit();
    let app = routes(provider);
    for (size, too_large) in [(limit, false), (limit + 1, true), (limit * 20, true)] {
        let response = send(&app, "POST", "/token", Body::from(vec![b'a'; size])).await;
        assert_eq!(response.status() == 413, too_large, "{size}");
    }
}

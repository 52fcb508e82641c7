//! The provider mounted in an `App`.

use std::sync::Arc;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, web};
use ciam_actix::routes;
use ciam_core::store::memory::MemoryStore;
use ciam_core::{Issuer, RootKey, Stores};
use ciam_idp::{Keys, Provider};
use serde_json::Value;

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

fn request(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(method.parse().unwrap())
        .append_header(("host", "id.example.com"))
        .append_header(("content-type", "application/x-www-form-urlencoded"))
}

async fn issuer_in(response: ServiceResponse<impl MessageBody>) -> String {
    assert_eq!(response.status(), 200);
    let body = to_bytes(response.into_body()).await.ok().unwrap();
    let metadata: Value = serde_json::from_slice(&body).unwrap();
    metadata["issuer"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn beside_the_routes_of_the_application() {
    let provider = provider("https://id.example.com").await;
    let app = App::new()
        .route("/", web::get().to(|| async { "the application" }))
        .configure(routes(&provider));
    let app = init_service(app).await;
    let home = call_service(&app, request("GET", "/").to_request()).await;
    let body = to_bytes(home.into_body()).await.ok().unwrap();
    assert_eq!(body, "the application");
    let metadata = call_service(&app, request("GET", METADATA).to_request()).await;
    assert_eq!(issuer_in(metadata).await, "https://id.example.com");
    let unknown = call_service(&app, request("GET", "/nowhere").to_request()).await;
    assert_eq!(unknown.status(), 404);
}

/// The provider sees the URI that the client sent.
#[actix_web::test]
async fn nested_where_the_issuer_has_a_path() {
    let provider = provider("https://id.example.com/shop").await;
    let scope = web::scope("/shop").configure(routes(provider));
    let app = init_service(App::new().service(scope)).await;
    let path = format!("/shop{METADATA}");
    let metadata = call_service(&app, request("GET", &path).to_request()).await;
    assert_eq!(issuer_in(metadata).await, "https://id.example.com/shop");
}

#[actix_web::test]
async fn a_large_body_is_not_read() {
    let provider = provider("https://id.example.com").await;
    let limit = provider.body_limit();
    let app = init_service(App::new().configure(routes(provider))).await;
    for (size, too_large) in [(limit, false), (limit + 1, true), (limit * 20, true)] {
        let request = request("POST", "/token").set_payload(vec![b'a'; size]);
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status() == 413, too_large, "{size}");
    }
}

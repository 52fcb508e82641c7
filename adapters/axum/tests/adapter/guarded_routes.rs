//! Guarded routes on axum, by the table of requests that actix-web answers too.

use std::error::Error as _;
use std::sync::Arc;

use async_trait::async_trait;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::{any, get};
use axum::{Router, extract::Request};
use ciam_axum::{Caller, Rejection, bearer_auth};
use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_core::{Principal, SystemClock, Timestamp};
use ciam_policy::{Advice, Decision, EntityUid, Guard, PolicyEngine, PolicyRequest, Refusal};
use http::HeaderValue;
use http_body_util::BodyExt;
use serde_json::Value;
use tower::ServiceExt;

const REQUESTS: &str = include_str!("../requests.json");

struct Verifier;

#[async_trait]
impl TokenVerifier for Verifier {
    async fn verify(
        &self,
        shown: PresentedToken<'_>,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        let scopes = match shown.token {
            "alice" => "",
            "reader" => "orders:read",
            "down" => return Err(TokenError::Unavailable("no keys".into())),
            _ => return Err(TokenError::Invalid("unknown".into())),
        };
        Ok(Principal {
            issuer: "https://id.example.com".to_owned(),
            subject: "alice".to_owned(),
            actor: None,
            client_id: "shop".to_owned(),
            scopes: scopes.parse().unwrap(),
            acr: None,
            amr: Vec::new(),
            auth_time: None,
            expires_at: now,
            token_id: shown.uri.path().to_owned(),
            claims: serde_json::Map::new(),
        })
    }
}

struct Policies;

impl PolicyEngine for Policies {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        match request.resource.id.as_str() {
            "denied" => Decision::deny(vec![]),
            "large" => Decision::deny(vec![]).with_advice(Some(Advice::StepUp {
                acr_values: vec!["substantial".to_owned()],
                max_age: None,
            })),
            _ => Decision::permit(vec![]),
        }
    }
}

fn guard() -> Guard {
    Guard::new(
        Arc::new(Verifier),
        Arc::new(Policies),
        Arc::new(SystemClock),
    )
    .with_realm("orders")
    .with_scope("read", "orders:read")
    .unwrap()
}

async fn me(caller: Caller) -> String {
    caller.principal().subject.clone()
}

async fn order(caller: Caller, Path(id): Path<String>) -> Result<String, Rejection> {
    caller
        .authorize("read", &EntityUid::new("Order", &id))
        .await?;
    Ok(format!("order {id}"))
}

async fn seen_uri(caller: Caller) -> String {
    caller.principal().token_id.clone()
}

fn app() -> Router {
    let guard = guard();
    let nested = Router::new()
        .route("/admin", any(async || "admin"))
        .route("/uri", get(seen_uri))
        .route_layer(bearer_auth(&guard));
    let scoped = Router::new()
        .route("/scoped", get(async || "scoped"))
        .route_layer(bearer_auth(&guard).require_scope("orders:read"));
    Router::new()
        .route("/me", get(me))
        .route("/orders/{id}", get(order))
        .route("/admin", get(async || "admin"))
        .route_layer(bearer_auth(&guard))
        .merge(scoped)
        .nest("/nested", nested)
        .route("/public", get(async || "public"))
        .route("/files/{*path}", get(async || "files"))
        .route("/forgotten", get(me))
}

#[tokio::test]
async fn every_request_of_the_table() {
    let app = app();
    let rows: Vec<Value> = serde_json::from_str(REQUESTS).unwrap();
    assert!(rows.len() > 30);
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let path = format!(
            "{}{}",
            row["prefix"].as_str().unwrap_or(""),
            row["path"].as_str().unwrap()
        );
        let mut request = Request::builder()
            .method(row["method"].as_str().unwrap_or("GET"))
            .uri(path);
        for value in row["authorization"].as_array().into_iter().flatten() {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            request = request.header("authorization", value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();

        let status = response.status().as_u16();
        let expected = row["status"].as_array().unwrap();
        assert!(expected.contains(&status.into()), "{name}: {status}");
        let challenge = response.headers().get("www-authenticate").cloned();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        if let Some(expected) = row["challenge"].as_str() {
            assert_eq!(challenge.unwrap(), expected, "{name}");
        }
        if let Some(expected) = row["body"].as_str() {
            assert_eq!(text, expected, "{name}");
        }
        if let Some(expected) = row["error"].as_str() {
            let body: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(body["error"], expected, "{name}");
        }
        if status != 200 {
            assert!(!text.contains("admin"), "{name}");
        }
    }
}

/// A proof of possession is bound to the target as the client sent it.
#[tokio::test]
async fn the_verifier_sees_the_uri_before_nesting() {
    let request = Request::get("/nested/uri")
        .header("authorization", "Bearer alice")
        .body(Body::empty())
        .unwrap();
    let response = app().oneshot(request).await.unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, "/nested/uri");
}

#[tokio::test]
async fn a_layer_that_logs_finds_the_cause() {
    let request = Request::get("/me")
        .header("authorization", "Bearer nobody")
        .body(Body::empty())
        .unwrap();
    let response = app().oneshot(request).await.unwrap();
    let refusal = response.extensions().get::<Refusal>().unwrap();
    assert_eq!(refusal.source().unwrap().to_string(), "unknown");
}

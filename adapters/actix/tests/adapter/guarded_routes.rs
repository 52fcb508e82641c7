//! Guarded routes on actix-web, by the table of requests that axum answers too.

use std::error::Error as _;
use std::sync::Arc;

use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderValue;
use actix_web::test::{TestRequest, call_service, init_service};
use actix_web::{App, Error, web};
use async_trait::async_trait;
use ciam_actix::{Caller, Rejection, bearer_auth};
use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_core::{Principal, SystemClock, Timestamp};
use ciam_policy::{Advice, Decision, EntityUid, Guard, PolicyEngine, PolicyRequest, Refusal};
use serde_json::Value;

const REQUESTS: &str = include_str!("../../../axum/tests/requests.json");

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

async fn order(caller: Caller, id: web::Path<String>) -> Result<String, Rejection> {
    let order = EntityUid::new("Order", id.as_str());
    caller.authorize("read", &order).await?;
    Ok(format!("order {id}"))
}

async fn seen_uri(caller: Caller) -> String {
    caller.principal().token_id.clone()
}

async fn text(text: &'static str) -> &'static str {
    text
}

fn app() -> App<
    impl ServiceFactory<
        ServiceRequest,
        Response = ServiceResponse<impl MessageBody>,
        Config = (),
        InitError = (),
        Error = Error,
    >,
> {
    let guard = guard();
    let nested = web::scope("/nested")
        .service(web::resource("/admin").route(web::to(|| text("admin"))))
        .service(web::resource("/uri").route(web::get().to(seen_uri)))
        .wrap(bearer_auth(&guard));
    let auth = || bearer_auth(&guard);
    App::new()
        .service(web::resource("/me").route(web::get().to(me)).wrap(auth()))
        .service(
            web::resource("/orders/{id}")
                .route(web::get().to(order))
                .wrap(auth()),
        )
        .service(
            web::resource("/admin")
                .route(web::get().to(|| text("admin")))
                .wrap(auth()),
        )
        .service(
            web::resource("/scoped")
                .route(web::get().to(|| text("scoped")))
                .wrap(auth().require_scope("orders:read")),
        )
        .service(nested)
        .route("/public", web::get().to(|| text("public")))
        .route("/files/{path:.*}", web::get().to(|| text("files")))
        .route("/forgotten", web::get().to(me))
}

#[actix_web::test]
async fn every_request_of_the_table() {
    let app = init_service(app()).await;
    let rows: Vec<Value> = serde_json::from_str(REQUESTS).unwrap();
    assert!(rows.len() > 30);
    for row in rows {
        let name = row["name"].as_str().unwrap();
        let path = format!(
            "{}{}",
            row["prefix"].as_str().unwrap_or(""),
            row["path"].as_str().unwrap()
        );
        let method = row["method"].as_str().unwrap_or("GET");
        let mut request = TestRequest::with_uri(&path).method(method.parse().unwrap());
        for value in row["authorization"].as_array().into_iter().flatten() {
            let value = HeaderValue::from_str(value.as_str().unwrap()).unwrap();
            request = request.append_header(("authorization", value));
        }
        let response = call_service(&app, request.to_request()).await;

        let status = response.status().as_u16();
        let expected = row["status"].as_array().unwrap();
        assert!(expected.contains(&status.into()), "{name}: {status}");
        let challenge = response.headers().get("www-authenticate").cloned();
        let bytes = to_bytes(response.into_body()).await.ok().unwrap();
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
#[actix_web::test]
async fn the_verifier_sees_the_whole_uri() {
    let app = init_service(app()).await;
    let request = TestRequest::with_uri("/nested/uri")
        .append_header(("authorization", "Bearer alice"))
        .to_request();
    let response = app.call(request).await.unwrap();
    let body = to_bytes(response.into_body()).await.ok().unwrap();
    assert_eq!(body, "/nested/uri");
}

#[actix_web::test]
async fn middleware_that_logs_finds_the_cause() {
    let app = init_service(app()).await;
    let request = TestRequest::with_uri("/me")
        .append_header(("authorization", "Bearer nobody"))
        .to_request();
    let response = app.call(request).await.unwrap();
    let extensions = response.response().extensions();
    let refusal = extensions.get::<Refusal>().unwrap();
    assert_eq!(refusal.source().unwrap().to_string(), "unknown");
}

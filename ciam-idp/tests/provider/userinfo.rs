//! UI: bad userinfo requests, each with its exact answer.

use bytes::Bytes;
use http::{Request, Response};

use crate::browser::form;
use crate::world::{World, assert_t400, body};

async fn ask(world: &World, token: &str) -> Response<Bytes> {
    let request = Request::get("/userinfo").header("authorization", format!("Bearer {token}"));
    world.send(request, Bytes::new()).await
}

fn assert_bearer(response: &Response<Bytes>, status: u16, error: &str) {
    assert_eq!(response.status(), status);
    let challenge = response.headers()["www-authenticate"].to_str().unwrap();
    assert!(
        challenge.contains(&format!("error=\"{error}\"")),
        "{challenge}"
    );
}

async fn access_token(world: &World, scope: &str) -> String {
    let code = world.code(scope).await;
    let tokens = body(&world.exchange(&code).await);
    tokens["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn ui_01_02_03_where_the_token_is() {
    let world = World::new().await;
    let none = world.send(Request::get("/userinfo"), Bytes::new()).await;
    assert_eq!(none.status(), 401);
    let challenge = none.headers()["www-authenticate"].to_str().unwrap();
    assert!(challenge.starts_with("Bearer") && !challenge.contains("error"));

    let token = access_token(&world, "openid").await;
    let query = Request::get(format!("/userinfo?access_token={token}"));
    assert_t400(&world.send(query, Bytes::new()).await, "invalid_request");
    let both = Request::post("/userinfo")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let fields = form(&[("access_token", &token)]);
    assert_t400(&world.send(both, fields).await, "invalid_request");
}

#[tokio::test]
async fn ui_04_05_06_08_bad_tokens() {
    let world = World::new().await;
    assert_bearer(&ask(&world, "x.y.z").await, 401, "invalid_token");
    let orders = access_token(&world, "openid orders:read").await;
    assert_bearer(&ask(&world, &orders).await, 401, "invalid_token");
    let profile = access_token(&world, "profile").await;
    assert_bearer(&ask(&world, &profile).await, 403, "insufficient_scope");

    let code = world.code("openid").await;
    let tokens = body(&world.exchange(&code).await);
    let id_token = tokens["id_token"].as_str().unwrap();
    assert_bearer(&ask(&world, id_token).await, 401, "invalid_token");

    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(ask(&world, token).await.status(), 200);
    world.advance(10 * 60 + 31);
    assert_bearer(&ask(&world, token).await, 401, "invalid_token");
}

#[tokio::test]
async fn ui_04_revoked_grants_end_at_once() {
    let world = World::new().await;
    let token = access_token(&world, "openid").await;
    let subject = ciam_core::store::RevokeSelector::Subject(world.alice);
    let state = &world.provider.stores().state;
    state
        .revoke(world.provider.tenant(), &subject, world.now())
        .await
        .unwrap();
    assert_bearer(&ask(&world, &token).await, 401, "invalid_token");
}

//! What was granted and is taken away: by the policy, the client's record or the person.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use ciam_core::client::Client;
use ciam_policy::{Decision, PolicyEngine, PolicyRequest};
use http::{Request, Response};
use serde_json::json;

use crate::browser::{Browser, location, parameter};
use crate::world::{CALLBACK, PASSWORD, VERIFIER, World, assert_t400, authorize, body};

/// Permits everything, until offline access is switched off.
#[derive(Default)]
struct Switch(AtomicBool);

impl PolicyEngine for Switch {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        let offline = request.context.get("scope") == Some(&json!("offline_access"));
        match offline && self.0.load(Ordering::SeqCst) {
            true => Decision::deny(Vec::new()),
            false => Decision::permit(Vec::new()),
        }
    }
}

#[tokio::test]
async fn an_offline_grant_ends_when_the_policy_takes_offline_access_away() {
    let switch = Arc::new(Switch::default());
    let world = World::with_policies(Arc::clone(&switch) as _).await;
    let tokens = body(
        &world
            .exchange(&world.code("openid offline_access").await)
            .await,
    );
    let not_exchanged = world.code("openid offline_access").await;
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    switch.0.store(true, Ordering::SeqCst);
    assert_t400(&world.token_as("shop", &refresh).await, "invalid_grant");
    assert_t400(&world.exchange(&not_exchanged).await, "invalid_grant");
    // A grant that never had it goes on.
    let code = world.code("openid").await;
    assert_eq!(world.exchange(&code).await.status(), 200);
}

#[tokio::test]
async fn userinfo_tells_what_the_client_may_still_have() {
    let world = World::new().await;
    let tokens = body(
        &world
            .exchange(&world.code("openid profile email").await)
            .await,
    );
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(body(&userinfo(&world, token).await)["name"], "alice");

    change_scopes(&world, "shop", |scope| scope != "profile").await;
    let claims = body(&userinfo(&world, token).await);
    assert!(claims.get("name").is_none(), "{claims}");
    assert_eq!(claims["email"], "alice@example.com");

    change_scopes(&world, "shop", |scope| scope != "openid").await;
    assert_eq!(userinfo(&world, token).await.status(), 401);
}

#[tokio::test]
async fn userinfo_ends_with_consent() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let request = authorize(&[("client_id", "partner")]);
    let page = browser.get(&world.provider, request.as_str()).await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let consent = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    let back = browser
        .submit(&world.provider, &consent, "allow", &[])
        .await;
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", &parameter(&location(&back), "code").unwrap()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = body(&world.token_as("partner", &exchange).await);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&world, token).await.status(), 200);
    let partner = "partner".parse().unwrap();
    let consents = &world.provider.stores().consents;
    let tenant = world.provider.tenant();
    let withdrawn = consents.withdraw(tenant, &world.alice, &partner).await;
    assert!(withdrawn.unwrap());
    assert_eq!(userinfo(&world, token).await.status(), 401);
}

async fn change_scopes(world: &World, client: &str, keep: fn(&str) -> bool) {
    let clients = &world.provider.stores().clients;
    let tenant = world.provider.tenant();
    let found = clients.client(tenant, &client.parse().unwrap()).await;
    let mut client: Client = found.unwrap().unwrap();
    client.scopes = client.scopes.filtered(|scope| keep(scope.as_str()));
    clients.put_client(tenant, client).await.unwrap();
}

async fn userinfo(world: &World, token: &str) -> Response<Bytes> {
    let request = Request::get("/userinfo").header("authorization", format!("Bearer {token}"));
    world.send(request, Bytes::new()).await
}

//! Registered APIs: a scope means one thing.

use std::time::Duration;

use ciam_core::api::Api;
use serde_json::{Value, json};

use crate::browser::{Browser, location, parameter};
use crate::world::{ISSUER, ORDERS, World, assert_t400, authorize, body};

/// Registers an API without asking [`Api::check`].
async fn put(world: &World, audience: &str, scopes: Value, enabled: bool) {
    let api = json!({
        "audience": audience, "name": "Another", "enabled": enabled, "scopes": scopes,
    });
    let api: Api = serde_json::from_value(api).unwrap();
    let clients = &world.provider.stores().clients;
    clients.put_api(world.provider.tenant(), api).await.unwrap();
}

fn complaints(world: &World) -> Vec<String> {
    let events = world.store.audit_events();
    events
        .into_iter()
        .filter(|event| event.kind == "api.unusable")
        .filter_map(|event| event.reason)
        .collect()
}

async fn machine(world: &World, fields: &[(&str, &str)]) -> http::Response<bytes::Bytes> {
    let mut all = vec![("grant_type", "client_credentials")];
    all.extend_from_slice(fields);
    world.token_as("machine", &all).await
}

/// Consent is given to a scope: of two APIs that use one name, neither gets it.
#[tokio::test]
async fn a_scope_of_two_apis_is_granted_for_neither() {
    let world = World::new().await;
    let scopes = json!({ "orders:read": "read something else", "third:read": "read" });
    put(&world, "https://third.example", scopes.clone(), true).await;
    for resource in ["", ORDERS, "https://third.example"] {
        let request = authorize(&[("scope", "openid orders:read"), ("resource", resource)]);
        let refused = Browser::default()
            .get(&world.provider, request.as_str())
            .await;
        let back = location(&refused);
        assert_eq!(
            parameter(&back, "error").as_deref(),
            Some("invalid_scope"),
            "{resource}: {back}"
        );
    }
    let refused = machine(&world, &[("scope", "orders:read"), ("resource", ORDERS)]).await;
    assert_t400(&refused, "invalid_scope");
    let complaint = complaints(&world);
    assert_eq!(complaint.len(), 1, "said once: {complaint:?}");
    assert!(complaint[0].contains("orders:read"), "{complaint:?}");

    // The others are as they were. A disabled API keeps its scopes: what people
    // allowed it must not pass to another.
    world.code("openid orders:write").await;
    put(&world, "https://third.example", scopes, false).await;
    let still = machine(&world, &[("scope", "orders:read")]).await;
    assert_t400(&still, "invalid_scope");
    put(&world, "https://third.example", json!({}), false).await;
    let token = machine(&world, &[("scope", "orders:read")]).await;
    assert_eq!(token.status(), 200, "{}", body(&token));
}

/// What was granted before the second API came is not for it, and no longer for the first.
#[tokio::test]
async fn a_grant_loses_a_scope_that_a_second_api_takes() {
    let world = World::new().await;
    let code = world
        .code("openid offline_access orders:read orders:write")
        .await;
    let first = body(&world.exchange(&code).await);
    put(
        &world,
        "https://third.example",
        json!({ "orders:read": "read something else" }),
        true,
    )
    .await;
    let token = first["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    let next = world.token_as("shop", &fields).await;
    assert_eq!(next.status(), 200, "{}", body(&next));
    assert!(
        !body(&next)["scope"]
            .as_str()
            .unwrap()
            .contains("orders:read")
    );
}

/// An API cannot stand for the provider itself, nor name a scope of OpenID Connect.
#[tokio::test]
async fn an_api_that_cannot_be_one_gets_no_token() {
    let world = World::new().await;
    for audience in [ISSUER, "https://third.example/#part", "third"] {
        put(&world, audience, json!({ "third:read": "read" }), true).await;
    }
    put(
        &world,
        "https://fourth.example",
        json!({ "email": "read", "other:read": "read" }),
        true,
    )
    .await;
    let refused = machine(&world, &[("scope", "third:read")]).await;
    assert_t400(&refused, "invalid_scope");
    // It is in nobody's way either.
    let token = machine(&world, &[("scope", "other:read")]).await;
    assert_eq!(token.status(), 200, "{}", body(&token));
    assert_eq!(complaints(&world).len(), 1);
    world.advance(Duration::from_secs(3_600).as_secs());
    let _again = machine(&world, &[("scope", "other:read")]).await;
    assert_eq!(complaints(&world).len(), 2);
}

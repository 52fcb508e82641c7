//! The access policy in Cedar: what the provider asks fits the schema of principals.

use std::sync::Arc;

use ciam_policy::CedarEngine;

use crate::browser::{Browser, location, parameter, text};
use crate::world::{PASSWORD, World, assert_t400, authorize, body};

const POLICIES: &str = r#"
    permit (principal, action in [Action::"sign_in", Action::"grant_scope"], resource);

    @reason("You must be 18 to shop here.")
    forbid (principal is User, action == Action::"sign_in", resource)
    when { principal has age && principal.age < 18 };

    @acr("substantial")
    forbid (principal is User, action == Action::"sign_in", resource == Api::"https://orders.example")
    unless { context.acr == "substantial" || context.client == "other" };

    forbid (principal, action == Action::"grant_scope", resource)
    when { context.scope == "orders:denied" };
"#;

/// The last sign-in must not be long ago to use the orders API.
const RECENT: &str = r#"
    permit (principal, action in [Action::"sign_in", Action::"grant_scope"], resource);

    @max_age("300")
    forbid (principal is User, action == Action::"sign_in", resource == Api::"https://orders.example")
    unless { context has auth_time && context.now - context.auth_time <= 300 };
"#;

/// Machines may have any scope, and use no API.
const PEOPLE_ONLY: &str = r#"
    permit (principal, action in [Action::"sign_in", Action::"grant_scope"], resource);
    forbid (principal is Machine, action == Action::"sign_in", resource);
"#;

async fn world() -> World {
    governed_by(POLICIES).await
}

async fn governed_by(policies: &str) -> World {
    let engine = CedarEngine::builder()
        .policy_text("access.cedar", policies)
        .build()
        .unwrap();
    World::with_policies(Arc::new(engine)).await
}

#[tokio::test]
async fn scopes_are_narrowed_and_minors_refused() {
    let world = world().await;
    let request = authorize(&[
        ("client_id", "other"),
        ("scope", "openid orders:read orders:denied"),
    ]);
    let back = world
        .sign_in(&mut Browser::default(), &request, "bob")
        .await;
    let code = parameter(&back, "code").unwrap();
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", crate::world::CALLBACK),
        ("code_verifier", crate::world::VERIFIER),
    ];
    let tokens = body(&world.token_as("other", &exchange).await);
    assert_eq!(tokens["scope"], "openid orders:read");

    let mut browser = Browser::default();
    let page = browser.get(&world.provider, request.as_str()).await;
    let fields = [("username", "young"), ("password", PASSWORD)];
    let refused = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    assert!(text(&refused).contains("You must be 18 to shop here."));
}

#[tokio::test]
async fn a_step_up_is_asked_for_and_a_password_is_none() {
    let world = world().await;
    let mut browser = Browser::default();
    let request = authorize(&[("scope", "openid orders:read")]);
    let page = browser.get(&world.provider, request.as_str()).await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let page = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    assert_eq!(page.status(), 200);
    assert!(text(&page).contains("Confirm it is you"));
    assert!(!text(&page).contains("password-form"));
    let silent = authorize(&[("scope", "openid orders:read"), ("prompt", "none")]);
    let back = browser.get(&world.provider, silent.as_str()).await;
    assert_eq!(
        parameter(&location(&back), "error").unwrap(),
        "login_required"
    );
}

#[tokio::test]
async fn a_machine_gets_what_the_policy_leaves_it() {
    let world = world().await;
    let ask = async |scope: &str| {
        world
            .token_as(
                "machine",
                &[("grant_type", "client_credentials"), ("scope", scope)],
            )
            .await
    };
    let some = body(&ask("orders:read orders:denied").await);
    assert_eq!(some["scope"], "orders:read");
    assert_t400(&ask("orders:denied").await, "invalid_scope");
}

#[tokio::test]
async fn a_machine_that_may_not_use_an_api_gets_no_token_for_it() {
    let world = governed_by(PEOPLE_ONLY).await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("scope", "orders:read"),
    ];
    assert_t400(&world.token_as("machine", &fields).await, "invalid_scope");
}

#[tokio::test]
async fn who_signed_in_long_ago_confirms_it_again() {
    let world = governed_by(RECENT).await;
    let mut browser = Browser::default();
    world.sign_in(&mut browser, &authorize(&[]), "alice").await;
    let orders = authorize(&[("scope", "openid orders:read")]);
    world.advance(300);
    let back = browser.get(&world.provider, orders.as_str()).await;
    assert!(parameter(&location(&back), "code").is_some());

    world.advance(1);
    // Elsewhere the old sign-in will do.
    let back = browser.get(&world.provider, authorize(&[]).as_str()).await;
    assert!(parameter(&location(&back), "code").is_some());
    let silent = authorize(&[("scope", "openid orders:read"), ("prompt", "none")]);
    let back = browser.get(&world.provider, silent.as_str()).await;
    assert_eq!(
        parameter(&location(&back), "error").unwrap(),
        "login_required"
    );

    let page = browser.get(&world.provider, orders.as_str()).await;
    assert!(text(&page).contains("You signed in some time ago."));
    let as_bob = [("username", "bob"), ("password", PASSWORD)];
    let mut other = browser.clone();
    let refused = other
        .submit(&world.provider, &page, "password", &as_bob)
        .await;
    assert!(text(&refused).contains("somebody else"));

    let page = browser.get(&world.provider, orders.as_str()).await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let back = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    assert!(parameter(&location(&back), "code").is_some());
}

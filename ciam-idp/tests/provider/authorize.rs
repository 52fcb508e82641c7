//! AZ: bad authorization requests, each with its exact answer.

use bytes::Bytes;
use http::{Method, Request, Response};

use crate::browser::{Browser, form, location, parameter, text};
use crate::world::{CALLBACK, ISSUER, World, assert_t400, authorize, body};

async fn ask(world: &World, changes: &[(&str, &str)]) -> Response<Bytes> {
    Browser::default()
        .get(&world.provider, authorize(changes).as_str())
        .await
}

fn assert_e400(response: &Response<Bytes>, what: &str) {
    assert_eq!(response.status(), 400, "{what}");
    assert!(!response.headers().contains_key("location"), "{what}");
    assert_eq!(response.headers()["cache-control"], "no-store", "{what}");
    assert_eq!(response.headers()["x-frame-options"], "DENY", "{what}");
}

fn assert_redirect(response: &Response<Bytes>, error: &str, what: &str) {
    let back = location(response);
    assert!(back.as_str().starts_with(CALLBACK), "{what}: {back}");
    assert_eq!(parameter(&back, "error").as_deref(), Some(error), "{what}");
    assert_eq!(parameter(&back, "iss").as_deref(), Some(ISSUER), "{what}");
    assert!(parameter(&back, "code").is_none(), "{what}");
}

/// Id, changed parameters, error.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);

#[tokio::test]
async fn az_faults_that_nobody_is_redirected_for() {
    let world = World::new().await;
    for (id, changes) in [
        ("AZ-01", &[("client_id", "")][..]),
        ("AZ-02", &[("client_id", "nobody")]),
        ("AZ-03", &[("client_id", "two"), ("redirect_uri", "")]),
        ("AZ-04", &[("redirect_uri", "")]),
        ("AZ-09a", &[("client_id", "shop"), ("client_id", "shop")]),
        (
            "AZ-09b",
            &[("redirect_uri", CALLBACK), ("redirect_uri", CALLBACK)],
        ),
        ("AZ-44", &[("client_id", "disabled")]),
    ] {
        assert_e400(&ask(&world, changes).await, id);
    }
    let unknown = text(&ask(&world, &[("client_id", "nobody")]).await);
    let disabled = text(&ask(&world, &[("client_id", "disabled")]).await);
    assert_eq!(unknown.len(), disabled.len(), "the same page");
}

#[tokio::test]
async fn az_faults_that_go_back_to_the_client() {
    let world = World::new().await;
    let short = "a".repeat(42);
    let long = "a".repeat(129);
    let deep = "[".repeat(1_000);
    let large = format!("{{\"x\":\"{}\"}}", "x".repeat(9_000));
    let cases: &[Case<'_>] = &[
        ("AZ-05", &[("response_type", "")], "invalid_request"),
        (
            "AZ-06",
            &[("response_type", "token")],
            "unsupported_response_type",
        ),
        (
            "AZ-07",
            &[("response_type", "code id_token")],
            "unsupported_response_type",
        ),
        (
            "AZ-08",
            &[("scope", "openid"), ("scope", "openid")],
            "invalid_request",
        ),
        ("AZ-10", &[("scope", "unheard:of")], "invalid_scope"),
        ("AZ-11", &[("scope", "openid other:read")], "invalid_scope"),
        (
            "AZ-12",
            &[
                ("client_id", "spa"),
                ("code_challenge", ""),
                ("code_challenge_method", ""),
            ],
            "invalid_request",
        ),
        (
            "AZ-13a",
            &[("code_challenge_method", "plain")],
            "invalid_request",
        ),
        (
            "AZ-13b",
            &[("code_challenge_method", "")],
            "invalid_request",
        ),
        ("AZ-14a", &[("code_challenge", &short)], "invalid_request"),
        ("AZ-14b", &[("code_challenge", &long)], "invalid_request"),
        (
            "AZ-14c",
            &[(
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c=",
            )],
            "invalid_request",
        ),
        (
            "AZ-15",
            &[
                ("code_challenge", ""),
                ("code_challenge_method", ""),
                ("nonce", ""),
            ],
            "invalid_request",
        ),
        ("AZ-16", &[("prompt", "none")], "login_required"),
        ("AZ-18", &[("prompt", "none login")], "invalid_request"),
        ("AZ-19a", &[("max_age", "-1")], "invalid_request"),
        ("AZ-19b", &[("max_age", "abc")], "invalid_request"),
        ("AZ-19c", &[("max_age", "1e9999")], "invalid_request"),
        ("AZ-21a", &[("id_token_hint", "x")], "invalid_request"),
        (
            "AZ-21b",
            &[("id_token_hint", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.")],
            "invalid_request",
        ),
        (
            "AZ-22",
            &[("request", "x"), ("request_uri", "y")],
            "invalid_request",
        ),
        ("AZ-22b", &[("request", "x")], "request_not_supported"),
        (
            "AZ-29",
            &[("request_uri", "https://rp.test/o")],
            "request_uri_not_supported",
        ),
        (
            "AZ-30",
            &[("registration", "{}")],
            "registration_not_supported",
        ),
        ("AZ-35a", &[("response_mode", "smoke")], "invalid_request"),
        (
            "AZ-35b",
            &[("response_mode", "query"), ("response_type", "id_token")],
            "invalid_request",
        ),
        ("AZ-36a", &[("claims", "not json")], "invalid_request"),
        ("AZ-36b", &[("claims", &deep)], "invalid_request"),
        ("AZ-36c", &[("claims", &large)], "invalid_request"),
        (
            "AZ-41",
            &[(
                "claims",
                r#"{"id_token":{"acr":{"essential":true,"value":"unheard-of"}}}"#,
            )],
            "unmet_authentication_requirements",
        ),
        ("AZ-42a", &[("resource", "relative")], "invalid_target"),
        (
            "AZ-42b",
            &[("resource", "https://orders.example#x")],
            "invalid_target",
        ),
        (
            "AZ-42c",
            &[("resource", "https://unknown.example")],
            "invalid_target",
        ),
        (
            "AZ-43",
            &[("authorization_details", "[]")],
            "invalid_authorization_details",
        ),
        ("AZ-48a", &[("prompt", "create")], "invalid_request"),
        ("AZ-48b", &[("prompt", "unknown")], "invalid_request"),
    ];
    for (id, changes, error) in cases {
        let response = ask(&world, changes).await;
        assert_redirect(&response, error, id);
        let state = parameter(&location(&response), "state");
        assert_eq!(state.as_deref(), Some("af0ifjsldkj"), "{id}");
    }
}

#[tokio::test]
async fn az_34_a_bad_state_is_not_sent_back() {
    let world = World::new().await;
    let long = "s".repeat(2_049);
    for state in ["a\r\nset-cookie: x=y", "a\0b", &long] {
        let response = ask(&world, &[("state", state)]).await;
        assert_redirect(&response, "invalid_request", "AZ-34");
        assert!(parameter(&location(&response), "state").is_none());
        assert!(!response.headers().contains_key("set-cookie"));
    }
}

#[tokio::test]
async fn az_17_and_20_silent_requests() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let back = world.sign_in(&mut browser, &authorize(&[]), "alice").await;
    let tokens = body(&world.exchange(&parameter(&back, "code").unwrap()).await);
    let hint = tokens["id_token"].as_str().unwrap();

    let silent = authorize(&[("prompt", "none"), ("client_id", "partner")]);
    let response = browser.get(&world.provider, silent.as_str()).await;
    assert_redirect(&response, "consent_required", "AZ-17");

    let silent = authorize(&[("prompt", "none"), ("id_token_hint", hint)]);
    let response = browser.get(&world.provider, silent.as_str()).await;
    assert!(parameter(&location(&response), "code").is_some());
    let mut other = Browser::default();
    world.sign_in(&mut other, &authorize(&[]), "bob").await;
    let response = other.get(&world.provider, silent.as_str()).await;
    assert_redirect(&response, "login_required", "AZ-20");
}

#[tokio::test]
async fn az_39_cancel_goes_back_with_access_denied() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let page = browser.get(&world.provider, authorize(&[]).as_str()).await;
    let back = browser.submit(&world.provider, &page, "cancel", &[]).await;
    assert_redirect(&back, "access_denied", "AZ-39");
}

#[tokio::test]
async fn az_31_to_33_http() {
    let world = World::new().await;
    for method in [Method::PUT, Method::DELETE, Method::TRACE, Method::OPTIONS] {
        let request = Request::builder().method(method).uri("/authorize");
        let response = world.send(request, Bytes::new()).await;
        assert_eq!(response.status(), 405);
        assert_eq!(response.headers()["allow"], "GET, POST");
        assert!(
            !response
                .headers()
                .contains_key("access-control-allow-origin")
        );
    }
    let json = Request::post("/authorize").header("content-type", "application/json");
    assert_eq!(world.send(json, "{}".into()).await.status(), 415);
    let long = format!("/authorize?client_id=shop&x={}", "x".repeat(17_000));
    assert_eq!(
        world.send(Request::get(long), Bytes::new()).await.status(),
        414
    );
    let elsewhere = Request::get("/authorize").header("host", "evil.example");
    assert_eq!(world.send(elsewhere, Bytes::new()).await.status(), 421);
}

#[tokio::test]
async fn parameters_may_be_posted() {
    let world = World::new().await;
    let url = authorize(&[("prompt", "none")]);
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let pairs: Vec<(&str, &str)> = pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let request =
        Request::post("/authorize").header("content-type", "application/x-www-form-urlencoded");
    let response = world.send(request, form(&pairs)).await;
    assert_redirect(&response, "login_required", "POST");
}

#[tokio::test]
async fn ru_18_a_sent_redirect_uri_is_repeated() {
    let world = World::new().await;
    let code = world.code("openid").await;
    let answer = world
        .token_as(
            "shop",
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("code_verifier", crate::world::VERIFIER),
            ],
        )
        .await;
    assert_t400(&answer, "invalid_grant");
}

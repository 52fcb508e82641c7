//! TK: bad token requests, each with its exact answer.

use std::time::Duration;

use bytes::Bytes;
use ciam_tokens::profile::client_assertion;
use ciam_tokens::{SigningAlgorithm, SigningKey};
use http::Request;

use crate::browser::form;
use crate::world::{CALLBACK, ISSUER, VERIFIER, World, assert_c401, assert_t400, body};

const ASSERTION: (&str, &str) = (
    "client_assertion_type",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
);

#[tokio::test]
async fn tk_01_02_37_http() {
    let world = World::new().await;
    let get = world.send(Request::get("/token"), Bytes::new()).await;
    assert_eq!(get.status(), 405);
    let json = Request::post("/token").header("content-type", "application/json");
    assert_eq!(world.send(json, "{}".into()).await.status(), 415);
    let large = "x".repeat(65 * 1_024);
    assert_eq!(world.token(&[("x", &large)]).await.status(), 413);
}

#[tokio::test]
async fn tk_03_04_05_26_grant_types() {
    let world = World::new().await;
    let none = world.token_as("shop", &[]).await;
    assert_t400(&none, "invalid_request");
    let grant = ("grant_type", "client_credentials");
    assert_t400(
        &world.token_as("shop", &[grant, grant]).await,
        "invalid_request",
    );
    for unknown in ["password", "implicit", "foo"] {
        let answer = world.token_as("shop", &[("grant_type", unknown)]).await;
        assert_t400(&answer, "unsupported_grant_type");
    }
    assert_t400(
        &world.token_as("shop", &[grant]).await,
        "unauthorized_client",
    );
    let public = world
        .token(&[grant, ("client_id", "spa"), ("scope", "orders:read")])
        .await;
    assert_t400(&public, "unauthorized_client");
}

#[tokio::test]
async fn tk_06_to_11_client_authentication() {
    let world = World::new().await;
    let grant = ("grant_type", "client_credentials");
    let no_auth = world.token(&[grant, ("client_id", "machine")]).await;
    assert_c401(&no_auth);
    let unknown = world.token(&[grant, ("client_id", "nobody")]).await;
    assert_c401(&unknown);
    assert_eq!(no_auth.body(), unknown.body());
    assert_c401(&world.token(&[grant]).await);
    assert_c401(
        &world
            .token(&[grant, ("client_id", "spa"), ("client_secret", "x")])
            .await,
    );
    let fields = form(&[grant]);
    let basic = |value: &str| {
        Request::post("/token")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", format!("Basic {value}"))
    };
    for value in ["%%%", "bm9jb2xvbg==", "!!", &"x".repeat(10_000)] {
        let answer = world.send(basic(value), fields.clone()).await;
        assert_c401(&answer);
        assert!(
            answer.headers()["www-authenticate"]
                .to_str()
                .unwrap()
                .starts_with("Basic")
        );
    }
    let both = form(&[grant, ("client_secret", "x")]);
    assert_t400(&world.send(basic("YTpi"), both).await, "invalid_request");
    let query = Request::post("/token?client_secret=x")
        .header("content-type", "application/x-www-form-urlencoded");
    assert_t400(&world.send(query, fields).await, "invalid_request");
}

#[tokio::test]
async fn tk_12_13_14_codes() {
    let world = World::new().await;
    assert_t400(&world.exchange("").await, "invalid_request");
    assert_t400(&world.exchange("unheard-of").await, "invalid_grant");
    assert_t400(&world.exchange(&"A".repeat(64)).await, "invalid_grant");

    let code = world.code("openid").await;
    world.advance(61);
    assert_t400(&world.exchange(&code).await, "invalid_grant");

    let code = world.code("openid").await;
    let tokens = body(&world.exchange(&code).await);
    assert_t400(&world.exchange(&code).await, "invalid_grant");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let answer = world
        .token_as(
            "shop",
            &[("grant_type", "refresh_token"), ("refresh_token", refresh)],
        )
        .await;
    assert_t400(&answer, "invalid_grant");
    let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let userinfo = Request::get("/userinfo").header("authorization", bearer);
    assert_eq!(world.send(userinfo, Bytes::new()).await.status(), 401);
}

#[tokio::test]
async fn tk_15_to_18_what_a_code_must_fit() {
    let world = World::new().await;
    let try_code = async |code: &str, redirect_uri: &str, verifier: &str| {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
        ];
        if !verifier.is_empty() {
            fields.push(("code_verifier", verifier));
        }
        world.token_as("shop", &fields).await
    };
    let wrong = "wrong-wrong-wrong-wrong-wrong-wrong-wrong-wrong";
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    for (uri, verifier) in [
        ("https://rp.example/other", VERIFIER),
        (CALLBACK, wrong),
        (CALLBACK, &short),
        (CALLBACK, &long),
        (CALLBACK, ""),
    ] {
        let code = world.code("openid").await;
        assert_t400(&try_code(&code, uri, verifier).await, "invalid_grant");
        // TK-18: whatever was wrong, the code is burned.
        assert_t400(&try_code(&code, CALLBACK, VERIFIER).await, "invalid_grant");
    }
    let code = world.code("openid").await;
    let other = world
        .token_as(
            "other",
            &[
                ("grant_type", "authorization_code"),
                ("code", &code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        )
        .await;
    assert_t400(&other, "invalid_grant");
}

#[tokio::test]
async fn tk_19_21_36_refresh() {
    let world = World::new().await;
    let code = world.code("openid orders:read").await;
    let tokens = body(&world.exchange(&code).await);
    let token = tokens["refresh_token"].as_str().unwrap();
    let refresh = async |client: &str, token: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        fields.extend_from_slice(more);
        world.token_as(client, &fields).await
    };
    assert_t400(&refresh("shop", "unheard-of", &[]).await, "invalid_grant");
    assert_t400(&refresh("other", token, &[]).await, "invalid_grant");
    assert_t400(
        &refresh("shop", token, &[("scope", "openid orders:write")]).await,
        "invalid_scope",
    );
    assert_t400(
        &refresh("shop", token, &[("resource", "https://other.example")]).await,
        "invalid_target",
    );
    // None of these used it up.
    let narrowed = refresh("shop", token, &[("scope", "orders:read")]).await;
    assert_eq!(body(&narrowed)["scope"], "orders:read");
    assert!(body(&narrowed).get("id_token").is_none());
    let next = body(&narrowed)["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    // The provider itself is a resource too. RFC 6749 section 5.1: `scope` is the
    // token's, which is good for nothing at the API.
    let itself = body(&refresh("shop", &next, &[("resource", ISSUER)]).await);
    assert_eq!(itself["scope"], "openid");
    let bearer = format!("Bearer {}", itself["access_token"].as_str().unwrap());
    let userinfo = Request::get("/userinfo").header("authorization", bearer);
    assert_eq!(world.send(userinfo, Bytes::new()).await.status(), 200);
    // The grant keeps its scopes.
    let next = itself["refresh_token"].as_str().unwrap();
    let full = refresh("shop", next, &[]).await;
    assert_eq!(body(&full)["scope"], "openid orders:read");
}

#[tokio::test]
async fn tk_24_an_offline_grant_ends_when_the_client_may_not_have_it() {
    let world = World::new().await;
    let code = world.code("openid offline_access").await;
    let tokens = body(&world.exchange(&code).await);
    let token = tokens["refresh_token"].as_str().unwrap();
    let clients = &world.provider.stores().clients;
    let tenant = world.provider.tenant();
    let shop = "shop".parse().unwrap();
    let mut client = clients.client(tenant, &shop).await.unwrap().unwrap();
    client.scopes = client.scopes.filtered(|s| s.as_str() != "offline_access");
    clients.put_client(tenant, client).await.unwrap();
    let answer = world
        .token_as(
            "shop",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
        .await;
    assert_t400(&answer, "invalid_grant");
}

#[tokio::test]
async fn tk_25_a_machine_has_no_identity_to_show() {
    let world = World::new().await;
    for scope in [
        "openid",
        "offline_access",
        "orders:read openid",
        "orders:write",
    ] {
        let answer = world
            .token_as(
                "machine",
                &[("grant_type", "client_credentials"), ("scope", scope)],
            )
            .await;
        assert_t400(&answer, "invalid_scope");
    }
    let denied = world
        .token_as(
            "machine",
            &[
                ("grant_type", "client_credentials"),
                ("scope", "orders:denied"),
            ],
        )
        .await;
    assert_t400(&denied, "invalid_scope");
    let both = world
        .token_as(
            "machine",
            &[
                ("grant_type", "client_credentials"),
                ("scope", "orders:read other:read"),
            ],
        )
        .await;
    assert_t400(&both, "invalid_target");
}

#[tokio::test]
async fn tk_27_to_32_assertions() {
    let world = World::new().await;
    let machine = "machine".parse().unwrap();
    let grant = ("grant_type", "client_credentials");
    let scope = ("scope", "orders:read");
    let with = async |assertion: &str| {
        world
            .token(&[grant, scope, ASSERTION, ("client_assertion", assertion)])
            .await
    };
    let minute = Duration::from_secs(60);
    let sign = |key: &SigningKey, aud: &str, jti: &str, lifetime, now| {
        client_assertion::sign(key, &machine, aud, jti, lifetime, now)
            .unwrap()
            .as_str()
            .to_owned()
    };
    let now = world.now();
    let foreign = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
    let none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJtYWNoaW5lIiwic3ViIjoibWFjaGluZSJ9.";
    for refused in [
        none.to_owned(),
        "x".to_owned(),
        sign(&foreign, ISSUER, "1", minute, now),
        sign(&world.key, "https://op.test/token", "2", minute, now),
        sign(&world.key, ISSUER, "3", Duration::from_secs(86_400), now),
        sign(
            &world.key,
            ISSUER,
            "4",
            minute,
            now - Duration::from_secs(120),
        ),
        sign(
            &world.key,
            ISSUER,
            "5",
            minute,
            now + Duration::from_secs(120),
        ),
        world.assertion("nobody"),
        world.assertion("disabled"),
        world.assertion("spa"),
    ] {
        assert_c401(&with(&refused).await);
    }
    // TK-31: clocks differ a little.
    let ahead = sign(
        &world.key,
        ISSUER,
        "6",
        minute,
        now + Duration::from_secs(8),
    );
    assert_eq!(with(&ahead).await.status(), 200);
    // TK-30: once.
    assert_c401(&with(&ahead).await);
    // TK-32
    let assertion = world.assertion("machine");
    let wrong_type = world
        .token(&[
            grant,
            scope,
            ("client_assertion_type", "urn:x"),
            ("client_assertion", &assertion),
        ])
        .await;
    assert_t400(&wrong_type, "invalid_request");
    let no_type = world
        .token(&[grant, scope, ("client_assertion", &assertion)])
        .await;
    assert_t400(&no_type, "invalid_request");
    let other_client = world
        .token(&[
            grant,
            scope,
            ASSERTION,
            ("client_assertion", &assertion),
            ("client_id", "shop"),
        ])
        .await;
    assert_c401(&other_client);
}

#[tokio::test]
async fn tk_38_many_and_unknown_parameters() {
    let world = World::new().await;
    let many: Vec<(String, String)> = (0..1_001).map(|n| (format!("p{n}"), "x".into())).collect();
    let many: Vec<(&str, &str)> = many
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_t400(&world.token(&many).await, "invalid_request");
    let unknown = world
        .token_as(
            "machine",
            &[
                ("grant_type", "client_credentials"),
                ("scope", "orders:read"),
                ("whatever", "x"),
            ],
        )
        .await;
    assert_eq!(unknown.status(), 200);
}

//! The code flow end to end: RFC 6749 section 4.1, OIDC Core section 3.1.

use std::sync::Arc;

use ciam_tokens::{AccessTokenVerifier, DecryptKeySet, IdTokenVerifier, JwkSet, VerifyKeySet};
use http::Request;

use crate::browser::{Browser, location, parameter, text};
use crate::world::{CALLBACK, ISSUER, ORDERS, VERIFIER, World, assert_t400, authorize, body};

fn keys(world: &World) -> Arc<VerifyKeySet> {
    let set = JwkSet::parse(world.provider.public_jwks().as_bytes()).unwrap();
    Arc::new(VerifyKeySet::from_jwk_set(&set))
}

#[tokio::test]
async fn a_person_signs_in_and_the_client_gets_tokens() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let back = world.sign_in(&mut browser, &authorize(&[]), "alice").await;
    assert!(back.as_str().starts_with(CALLBACK));
    assert_eq!(parameter(&back, "state").unwrap(), "af0ifjsldkj");
    assert_eq!(parameter(&back, "iss").unwrap(), ISSUER);

    let answer = world.exchange(&parameter(&back, "code").unwrap()).await;
    assert_eq!(answer.status(), 200, "{}", text(&answer));
    assert_eq!(answer.headers()["cache-control"], "no-store");
    let tokens = body(&answer);
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["scope"], "openid profile");

    let id_token = IdTokenVerifier::new(ISSUER, "shop", keys(&world))
        .verify(
            tokens["id_token"].as_str().unwrap(),
            Some("n-0S6_WzA2Mj"),
            world.now(),
        )
        .await
        .unwrap();
    let access_token = tokens["access_token"].as_str().unwrap();
    id_token.check_access_token(access_token).unwrap();
    assert_eq!(id_token.subject, world.alice.to_string());
    assert_eq!(id_token.acr.as_deref(), Some("low"));
    assert_eq!(id_token.claims["name"], "alice");

    let request =
        Request::get("/userinfo").header("authorization", format!("Bearer {access_token}"));
    let userinfo = world.send(request, Default::default()).await;
    assert_eq!(userinfo.status(), 200, "{}", text(&userinfo));
    assert_eq!(body(&userinfo)["sub"], world.alice.to_string());
    assert_eq!(body(&userinfo)["name"], "alice");
    assert!(body(&userinfo).get("email").is_none());

    // Signed in already: the second time there is no page.
    let again = browser
        .get(&world.provider, authorize(&[("prompt", "none")]).as_str())
        .await;
    assert!(parameter(&location(&again), "code").is_some());
}

#[tokio::test]
async fn an_access_token_for_an_api_is_encrypted_to_it() {
    let world = World::new().await;
    let code = world.code("openid orders:read").await;
    let tokens = body(&world.exchange(&code).await);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(token.split('.').count(), 5);
    let principal = AccessTokenVerifier::new(ISSUER, ORDERS, keys(&world))
        .require_encryption(DecryptKeySet::new([Arc::clone(&world.api_key)]))
        .verify_token(token, world.now())
        .await
        .unwrap();
    assert_eq!(principal.subject, world.alice.to_string());
    assert_eq!(principal.client_id, "shop");
    assert_eq!(principal.scopes.to_string(), "orders:read");
}

#[tokio::test]
async fn a_refresh_token_is_rotated() {
    let world = World::new().await;
    let code = world.code("openid orders:read").await;
    let tokens = body(&world.exchange(&code).await);
    let first = tokens["refresh_token"].as_str().unwrap().to_owned();
    let refresh = async |token: &str| {
        world
            .token_as(
                "shop",
                &[("grant_type", "refresh_token"), ("refresh_token", token)],
            )
            .await
    };
    let second = body(&refresh(&first).await)["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_ne!(first, second);
    // Within the grace the same successor comes again.
    world.advance(5);
    assert_eq!(body(&refresh(&first).await)["refresh_token"], second);
    // TK-20: after it, the whole family dies.
    world.advance(6);
    assert_t400(&refresh(&first).await, "invalid_grant");
    assert_t400(&refresh(&second).await, "invalid_grant");
}

#[tokio::test]
async fn a_refresh_without_offline_access_ends_with_the_session() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let back = world.sign_in(&mut browser, &authorize(&[]), "alice").await;
    let tokens = body(&world.exchange(&parameter(&back, "code").unwrap()).await);
    let url = format!("{ISSUER}/end_session");
    let page = browser.get(&world.provider, &url).await;
    browser
        .submit(&world.provider, &page, "sign_out", &[])
        .await;
    let answer = world
        .token_as(
            "shop",
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
            ],
        )
        .await;
    assert_t400(&answer, "invalid_grant");
}

#[tokio::test]
async fn a_public_client_needs_its_verifier_alone() {
    let world = World::new().await;
    let request = authorize(&[("client_id", "spa")]);
    let back = world
        .sign_in(&mut Browser::default(), &request, "bob")
        .await;
    let code = parameter(&back, "code").unwrap();
    let answer = world
        .token(&[
            ("grant_type", "authorization_code"),
            ("client_id", "spa"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await;
    assert_eq!(answer.status(), 200, "{}", text(&answer));
}

#[tokio::test]
async fn a_client_acts_for_itself() {
    let world = World::new().await;
    let answer = world
        .token_as(
            "machine",
            &[
                ("grant_type", "client_credentials"),
                ("scope", "orders:read"),
            ],
        )
        .await;
    assert_eq!(answer.status(), 200, "{}", text(&answer));
    let tokens = body(&answer);
    assert!(tokens.get("refresh_token").is_none() && tokens.get("id_token").is_none());
    let principal = AccessTokenVerifier::new(ISSUER, ORDERS, keys(&world))
        .require_encryption(DecryptKeySet::new([Arc::clone(&world.api_key)]))
        .verify_token(tokens["access_token"].as_str().unwrap(), world.now())
        .await
        .unwrap();
    assert!(principal.is_machine());
}

#[tokio::test]
async fn a_refused_person_is_told_and_the_client_gets_access_denied() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let page = browser.get(&world.provider, authorize(&[]).as_str()).await;
    let fields = [("username", "minor"), ("password", crate::world::PASSWORD)];
    let refused = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    assert_eq!(refused.status(), 403);
    assert!(text(&refused).contains("You must be 18 to shop here."));
    let back = browser
        .submit(&world.provider, &refused, "continue", &[])
        .await;
    assert_eq!(
        parameter(&location(&back), "error").unwrap(),
        "access_denied"
    );
}

#[tokio::test]
async fn the_policy_narrows_the_scopes() {
    let world = World::new().await;
    let code = world.code("openid orders:read orders:denied").await;
    let tokens = body(&world.exchange(&code).await);
    assert_eq!(tokens["scope"], "openid orders:read");
}

#[tokio::test]
async fn tk_23_withdrawn_consent_ends_the_grant() {
    let world = World::new().await;
    let mut browser = Browser::default();
    let request = authorize(&[("client_id", "partner"), ("scope", "openid orders:read")]);
    let page = browser.get(&world.provider, request.as_str()).await;
    let fields = [("username", "alice"), ("password", crate::world::PASSWORD)];
    let consent = browser
        .submit(&world.provider, &page, "password", &fields)
        .await;
    let back = browser
        .submit(&world.provider, &consent, "allow", &[])
        .await;
    let code = parameter(&location(&back), "code").unwrap();
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let tokens = body(&world.token_as("partner", &exchange).await);
    let token = tokens["refresh_token"].as_str().unwrap();
    let consents = &world.provider.stores().consents;
    let partner = "partner".parse().unwrap();
    assert!(
        consents
            .withdraw(world.provider.tenant(), &world.alice, &partner)
            .await
            .unwrap()
    );
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)];
    assert_t400(&world.token_as("partner", &refresh).await, "invalid_grant");
}

#[tokio::test]
async fn a_grant_without_offline_access_ends_with_the_session_at_the_latest() {
    for (scope, refreshed) in [("openid", false), ("openid offline_access", true)] {
        let world = World::new().await;
        let tokens = body(&world.exchange(&world.code(scope).await).await);
        world.advance(12 * 60 * 60);
        let refresh = [
            ("grant_type", "refresh_token"),
            ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
        ];
        let answer = world.token_as("shop", &refresh).await;
        assert_eq!(answer.status() == 200, refreshed, "{scope}");
    }
}

#[tokio::test]
async fn policies_know_the_age_from_the_birthdate() {
    // bob is 18 today, `young` tomorrow.
    let world = World::new().await;
    for (name, error) in [("bob", None), ("young", Some("access_denied"))] {
        let mut browser = Browser::default();
        let page = browser.get(&world.provider, authorize(&[]).as_str()).await;
        let fields = [("username", name), ("password", crate::world::PASSWORD)];
        let mut next = browser
            .submit(&world.provider, &page, "password", &fields)
            .await;
        if next.status() == 403 {
            next = browser
                .submit(&world.provider, &next, "continue", &[])
                .await;
        }
        assert_eq!(parameter(&location(&next), "error").as_deref(), error);
    }
}

#[tokio::test]
async fn every_replay_that_ends_a_grant_is_recorded() {
    let world = World::new().await;
    let mut browser = Browser::default();
    world.sign_in(&mut browser, &authorize(&[]), "alice").await;
    for _ in 0..70 {
        let back = browser.get(&world.provider, authorize(&[]).as_str()).await;
        let code = parameter(&location(&back), "code").unwrap();
        assert_eq!(world.exchange(&code).await.status(), 200);
        // The first ends the grant, the rest finds nothing any more.
        for _ in 0..3 {
            assert_t400(&world.exchange(&code).await, "invalid_grant");
        }
    }
    let mut events = world.store.audit_events();
    events.retain(|event| event.kind == "code.replayed");
    assert_eq!(events.len(), 70);
    let named = |reason: &str| reason.starts_with("grant ");
    assert!(
        events
            .iter()
            .all(|e| e.reason.as_deref().is_some_and(named))
    );
}

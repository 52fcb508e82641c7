//! Rows FD-* that are about a provider's other answers: metadata, keys, token
//! response, userinfo.

use std::time::Duration;

use ciam_broker::Rejection;
use ciam_tokens::{SigningAlgorithm, SigningKey};
use serde_json::json;

use crate::bank::{ACCESS_TOKEN, Bank, is_id_token, jwks, metadata, rejection};

#[tokio::test]
async fn fd09_unknown_kid_leads_to_one_fetch_a_minute() {
    let mut bank = Bank::new();
    bank.sign_in(|_| ()).await.unwrap();
    assert_eq!(bank.upstream.count("/jwks"), 1);
    bank.key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
    for _ in 0..5 {
        assert!(is_id_token(bank.sign_in(|_| ()).await));
    }
    assert_eq!(bank.upstream.count("/jwks"), 2);
    bank.now = bank.now + Duration::from_secs(61);
    for _ in 0..5 {
        assert!(is_id_token(bank.sign_in(|_| ()).await));
    }
    assert_eq!(bank.upstream.count("/jwks"), 3);
}

#[tokio::test]
async fn fd11_userinfo_of_another_person() {
    let mut bank = Bank::new();
    bank.connection.userinfo = true;
    bank.upstream.json(
        "/userinfo",
        json!({ "sub": "customer-4711", "email": "aino@example.org" }),
    );
    let person = bank.sign_in(|_| ()).await.unwrap();
    assert_eq!(person.attributes.text("email"), Some("aino@example.org"));
    let request = bank.upstream.last("/userinfo");
    assert_eq!(
        request.headers()["authorization"],
        format!("Bearer {ACCESS_TOKEN}")
    );

    for other in [
        json!({ "sub": "customer-1" }),
        json!({}),
        json!({ "sub": 4711 }),
        json!([]),
    ] {
        bank.upstream.json("/userinfo", other);
        let outcome = bank.sign_in(|_| ()).await;
        assert!(matches!(rejection(outcome), Rejection::UserInfo(_)));
    }
}

#[tokio::test]
async fn fd22_metadata_of_another_issuer() {
    for (field, value) in [
        ("issuer", "https://bank.example/"),
        ("issuer", "https://evil.example"),
        ("token_endpoint", "http://bank.example/token"),
        ("token_endpoint", "http://127.0.0.1:8080/token"),
        ("jwks_uri", "file:///etc/passwd"),
        ("authorization_endpoint", "javascript:alert(1)"),
        (
            "authorization_endpoint",
            "https://user@bank.example/authorize",
        ),
    ] {
        let bank = Bank::new();
        let mut document = metadata();
        document[field] = value.into();
        bank.upstream
            .json("/.well-known/openid-configuration", document);
        let outcome = bank.broker.check(&bank.connection, bank.now).await;
        assert!(
            matches!(rejection(outcome), Rejection::Metadata(_)),
            "{value}"
        );
        assert!(bank.begin_with(|_| ()).await.is_err(), "{value}");
    }
    let bank = Bank::new();
    bank.broker.check(&bank.connection, bank.now).await.unwrap();
}

#[tokio::test]
async fn fd23_token_endpoint_that_answers_something_else() {
    let bank = Bank::new();
    let good = json!({ "access_token": "a", "token_type": "Bearer", "id_token": "x" });
    let without_id_token = json!({ "access_token": "a", "token_type": "Bearer" });
    let other_type = json!({ "access_token": "a", "token_type": "mac", "id_token": "x" });
    for (status, kind, body) in [
        (200, "text/html", "<html>".to_owned()),
        (200, "text/html", good.to_string()),
        (200, "application/json", "<html>".to_owned()),
        (200, "application/json", without_id_token.to_string()),
        (200, "application/json", other_type.to_string()),
        (302, "application/json", good.to_string()),
        (400, "application/json", "{}".to_owned()),
    ] {
        let login = bank.begin().await;
        bank.upstream.answer("/token", status, kind, body.clone());
        let outcome = bank.finish(login).await;
        assert!(
            matches!(rejection(outcome), Rejection::TokenResponse(_)),
            "{status} {kind} {body}"
        );
    }
    let login = bank.begin().await;
    let refused = json!({ "error": "invalid_grant" }).to_string();
    bank.upstream
        .answer("/token", 400, "application/json", refused);
    assert_eq!(rejection(bank.finish(login).await), Rejection::Code);
    for gone in [true, false] {
        let login = bank.begin().await;
        bank.upstream
            .answer("/token", 503, "text/plain", String::new());
        if gone {
            bank.upstream.gone("/token");
        }
        assert!(bank.finish(login).await.unwrap_err().is_unavailable());
    }
}

#[tokio::test]
async fn fd28_key_changed_while_the_person_was_away() {
    let mut bank = Bank::new();
    bank.sign_in(|_| ()).await.unwrap();
    let login = bank.begin().await;
    bank.key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
    bank.upstream.json("/jwks", jwks(&bank.key));
    bank.hand_out(&bank.id_token(&bank.claims(&login)));
    bank.finish(login).await.unwrap();
    assert_eq!(bank.upstream.count("/jwks"), 2);
}

#[tokio::test]
async fn ss08_a_provider_that_fails_is_asked_once_a_minute_and_old_metadata_serves() {
    let mut bank = Bank::new();
    let path = "/.well-known/openid-configuration";
    bank.upstream.gone(path);
    for _ in 0..100 {
        assert!(
            bank.begin_with(|_| ())
                .await
                .is_err_and(|e| e.is_unavailable())
        );
    }
    assert_eq!(bank.upstream.count(path), 1);
    bank.now = bank.now + Duration::from_secs(60);
    bank.upstream.json(path, metadata());
    bank.begin().await;
    bank.upstream.gone(path);
    bank.now = bank.now + Duration::from_secs(3600);
    bank.begin().await;
    bank.now = bank.now + Duration::from_secs(48 * 3600);
    assert!(bank.begin_with(|_| ()).await.is_err());
}

#[tokio::test]
async fn known_keys_serve_while_the_bank_cannot_give_them() {
    let mut bank = Bank::new();
    bank.sign_in(|_| ()).await.unwrap();
    bank.upstream.gone("/jwks");
    bank.now = bank.now + Duration::from_secs(2 * 3600);
    for _ in 0..3 {
        bank.sign_in(|_| ()).await.unwrap();
    }
    assert_eq!(bank.upstream.count("/jwks"), 2);
    bank.now = bank.now + Duration::from_secs(48 * 3600);
    assert!(bank.sign_in(|_| ()).await.unwrap_err().is_unavailable());
}

#[tokio::test]
async fn a_bank_without_keys_is_asked_once_a_minute() {
    let mut bank = Bank::new();
    bank.upstream.gone("/jwks");
    for _ in 0..5 {
        assert!(bank.sign_in(|_| ()).await.unwrap_err().is_unavailable());
    }
    assert_eq!(bank.upstream.count("/jwks"), 1);
    bank.upstream.json("/jwks", jwks(&bank.key));
    bank.now = bank.now + Duration::from_secs(60);
    bank.sign_in(|_| ()).await.unwrap();
}

#[tokio::test]
async fn keys_that_were_just_fetched_are_not_fetched_again_for_a_bad_signature() {
    let mut bank = Bank::new();
    bank.key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
    assert!(is_id_token(bank.sign_in(|_| ()).await));
    assert_eq!(bank.upstream.count("/jwks"), 1);
}

#[tokio::test]
async fn fd22_refused_metadata_stays_refused_and_older_metadata_does_not_serve() {
    let mut bank = Bank::new();
    let path = "/.well-known/openid-configuration";
    bank.begin().await;
    let mut document = metadata();
    document["issuer"] = "https://evil.example".into();
    bank.upstream.json(path, document);
    bank.now = bank.now + Duration::from_secs(3600);
    for _ in 0..3 {
        let outcome = bank.begin_with(|_| ()).await.map(|_| ());
        assert!(matches!(rejection(outcome), Rejection::Metadata(_)));
    }
    assert_eq!(bank.upstream.count(path), 2);
}

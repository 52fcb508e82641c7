//! RFC 7523 3: client assertions at the authorization server.

use std::time::Duration;

use ciam_tokens::JoseError;
use ciam_tokens::profile::client_assertion::{
    self, UnverifiedClientAssertion, VerifiedClientAssertion,
};
use serde_json::{Value, json};

use crate::forge::{
    CLIENT, ISSUER, NOW, assertion_claims, header, key_set, sign_raw, signing_key, with, without,
};

fn verify(claims: &Value) -> Result<VerifiedClientAssertion, JoseError> {
    let key = signing_key();
    let token = sign_raw(&key, &header(&key, "JWT").to_string(), &claims.to_string());
    UnverifiedClientAssertion::parse(&token)?.verify(ISSUER, &key_set(&key), NOW)
}

#[test]
fn it_names_the_client_and_itself() {
    let assertion = verify(&assertion_claims()).unwrap();
    assert_eq!(assertion.client_id.as_str(), CLIENT);
    assert_eq!(assertion.token_id, "7d0e");
    assert_eq!(assertion.expires_at.as_secs(), NOW.as_secs() + 60);
    assert!(assertion.replayable_until() > assertion.expires_at);
}

#[test]
fn issuer_and_subject_are_one_client() {
    for (iss, sub) in [
        ("other", CLIENT),
        (CLIENT, "other"),
        ("", ""),
        ("a b", "a b"),
    ] {
        let claims = with(
            with(assertion_claims(), "iss", json!(iss)),
            "sub",
            json!(sub),
        );
        assert!(
            matches!(verify(&claims), Err(JoseError::Claims(_))),
            "{iss} {sub}"
        );
    }
}

#[test]
fn the_audience_is_the_issuer_identifier_as_a_string() {
    for aud in [
        json!([ISSUER]),
        json!([ISSUER, "https://other.example"]),
        json!(format!("{ISSUER}/token")),
        json!(format!("{ISSUER}/")),
    ] {
        let answer = verify(&with(assertion_claims(), "aud", aud.clone()));
        assert!(
            matches!(answer, Err(JoseError::Claims(_))),
            "{aud}: {answer:?}"
        );
    }
}

#[test]
fn it_lives_5_minutes_at_most() {
    let now = NOW.as_secs();
    assert!(verify(&with(assertion_claims(), "exp", json!(now + 330))).is_ok());
    assert!(verify(&with(assertion_claims(), "exp", json!(now + 331))).is_err());
}

#[test]
fn iat_may_be_missing_or_slightly_ahead() {
    let now = NOW.as_secs();
    assert!(verify(&without(assertion_claims(), "iat")).is_ok());
    assert!(verify(&with(assertion_claims(), "iat", json!(now + 10))).is_ok());
    assert!(verify(&with(assertion_claims(), "iat", json!(now + 120))).is_err());
}

#[test]
fn its_identifier_is_bounded() {
    assert!(verify(&with(assertion_claims(), "jti", json!("j".repeat(256)))).is_ok());
    assert!(verify(&with(assertion_claims(), "jti", json!("j".repeat(257)))).is_err());
}

#[test]
fn the_type_may_be_missing() {
    let key = signing_key();
    let header = without(header(&key, ""), "typ").to_string();
    let token = sign_raw(&key, &header, &assertion_claims().to_string());
    let claimed = UnverifiedClientAssertion::parse(&token).unwrap();
    assert!(claimed.verify(ISSUER, &key_set(&key), NOW).is_ok());
}

#[test]
fn a_key_of_another_client_does_not_do() {
    let (key, other) = (signing_key(), signing_key());
    let sent = client_assertion::sign(
        &key,
        &CLIENT.parse().unwrap(),
        ISSUER,
        "j",
        Duration::from_secs(60),
        NOW,
    )
    .unwrap();
    let claimed = UnverifiedClientAssertion::parse(sent.as_str()).unwrap();
    assert_eq!(claimed.client_id().as_str(), CLIENT);
    assert!(matches!(
        claimed.verify(ISSUER, &key_set(&other), NOW),
        Err(JoseError::Key(_))
    ));
}

//! OpenID Connect Core 3.1.3.7: ID tokens at a relying party.

use std::sync::Arc;

use ciam_core::token::TokenError;
use ciam_tokens::profile::id_token::{IdTokenRules, VerifiedIdToken, at_hash, verify_hint};
use ciam_tokens::{
    ContentEncryption, DecryptKey, DecryptKeySet, IdTokenVerifier, JoseError, KeyManagement,
    SigningAlgorithm, jwe, jws,
};
use serde_json::{Value, json};

use crate::forge::{
    CLIENT, ISSUER, NOW, TEN_MINUTES, header, id_claims, key_set, sign_raw, signing_key, with,
    without,
};

fn verify_with_nonce(claims: &Value, nonce: Option<&str>) -> Result<VerifiedIdToken, JoseError> {
    let key = signing_key();
    let token = sign_raw(&key, &header(&key, "JWT").to_string(), &claims.to_string());
    IdTokenRules {
        issuer: ISSUER,
        client_id: CLIENT,
        nonce,
        max_age: TEN_MINUTES,
    }
    .verify(&token, &key_set(&key), NOW)
}

fn verify(claims: &Value) -> Result<VerifiedIdToken, JoseError> {
    verify_with_nonce(claims, Some("n-0S6"))
}

#[test]
fn claims_come_typed_and_raw() {
    let token = verify(&id_claims()).unwrap();
    assert_eq!(token.subject, "ada");
    assert_eq!(token.audience, [CLIENT]);
    assert_eq!(token.acr.as_deref(), Some("substantial"));
    assert_eq!(Value::Object(token.claims), id_claims());
}

#[test]
fn nobody_else_is_in_the_audience() {
    assert!(verify(&with(id_claims(), "aud", json!([CLIENT]))).is_ok());
    for aud in [json!([CLIENT, "other"]), json!(["other"]), json!("shop2")] {
        let answer = verify(&with(id_claims(), "aud", aud.clone()));
        assert!(
            matches!(answer, Err(JoseError::Claims(_))),
            "{aud}: {answer:?}"
        );
    }
    assert!(verify(&with(id_claims(), "azp", json!(CLIENT))).is_ok());
    for azp in [json!("other"), json!([CLIENT]), json!("")] {
        let answer = verify(&with(id_claims(), "azp", azp.clone()));
        assert!(
            matches!(answer, Err(JoseError::Claims(_))),
            "{azp}: {answer:?}"
        );
    }
}

#[test]
fn the_nonce_is_the_one_that_was_sent() {
    for nonce in [json!("other"), json!(""), json!(1), json!(null)] {
        let answer = verify(&with(id_claims(), "nonce", nonce.clone()));
        assert!(
            matches!(answer, Err(JoseError::Claims(_))),
            "{nonce}: {answer:?}"
        );
    }
    assert!(verify(&without(id_claims(), "nonce")).is_err());
    assert!(verify_with_nonce(&without(id_claims(), "nonce"), None).is_ok());
}

#[test]
fn an_old_token_is_refused_even_when_it_has_not_expired() {
    let answer = verify(&with(id_claims(), "iat", json!(NOW.as_secs() - 631)));
    assert!(matches!(answer, Err(JoseError::Claims(_))), "{answer:?}");
    assert!(verify(&with(id_claims(), "iat", json!(NOW.as_secs() - 629))).is_ok());
}

#[test]
fn subjects_are_short() {
    assert!(verify(&with(id_claims(), "sub", json!("s".repeat(255)))).is_ok());
    assert!(verify(&with(id_claims(), "sub", json!("s".repeat(256)))).is_err());
}

#[test]
fn at_hash_names_one_access_token() {
    let hash = at_hash(
        SigningAlgorithm::Es256,
        "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y",
    );
    assert_eq!(hash, "77QmUPtjPfzWtF2AnpK9RQ");
    let token = verify(&with(id_claims(), "at_hash", json!(hash))).unwrap();
    assert!(
        token
            .check_access_token("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
            .is_ok()
    );
    assert!(token.check_access_token("another").is_err());
    assert!(
        verify(&id_claims())
            .unwrap()
            .check_access_token("any")
            .is_ok()
    );
}

#[test]
fn a_hint_may_have_expired_but_not_be_forged() {
    let key = signing_key();
    let old = with(
        with(id_claims(), "exp", json!(NOW.as_secs() - 90_000)),
        "iat",
        json!(NOW.as_secs() - 90_300),
    );
    let token = sign_raw(&key, &header(&key, "JWT").to_string(), &old.to_string());
    let hint = verify_hint(&token, ISSUER, &key_set(&key), NOW).unwrap();
    assert_eq!(
        (hint.subject.as_str(), hint.audience),
        ("ada", vec![CLIENT.to_owned()])
    );
    assert!(verify_hint(&token, "https://other.example", &key_set(&key), NOW).is_err());
    assert!(verify_hint(&token, ISSUER, &key_set(&signing_key()), NOW).is_err());
    let access = sign_raw(&key, &header(&key, "at+jwt").to_string(), &old.to_string());
    assert!(matches!(
        verify_hint(&access, ISSUER, &key_set(&key), NOW),
        Err(JoseError::Type(_))
    ));
}

#[tokio::test]
async fn a_connection_that_requires_encryption_takes_nothing_else() {
    let key = signing_key();
    let reader =
        Arc::new(DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap());
    let signed = jws::sign(&key, "JWT", id_claims().to_string().as_bytes()).unwrap();
    let nested = jwe::encrypt_nested(&reader.encrypt_key(), &signed).unwrap();
    let plain = IdTokenVerifier::new(ISSUER, CLIENT, Arc::new(key_set(&key)));
    let strict = IdTokenVerifier::new(ISSUER, CLIENT, Arc::new(key_set(&key)))
        .require_encryption(DecryptKeySet::new([reader]));
    let nonce = Some("n-0S6");
    assert!(plain.verify(signed.as_str(), nonce, NOW).await.is_ok());
    assert!(strict.verify(&nested, nonce, NOW).await.is_ok());
    for answer in [
        strict.verify(signed.as_str(), nonce, NOW).await,
        plain.verify(&nested, nonce, NOW).await,
    ] {
        let Err(TokenError::Invalid(cause)) = answer else {
            panic!("{answer:?}")
        };
        assert!(
            matches!(cause.downcast_ref(), Some(JoseError::Type(_))),
            "{cause:?}"
        );
    }
}

#[test]
fn debug_shows_no_person() {
    let token = verify(&id_claims()).unwrap();
    let printed = format!("{token:?}");
    assert!(!printed.contains("ada"), "{printed}");
}

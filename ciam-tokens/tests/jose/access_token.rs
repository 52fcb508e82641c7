//! RFC 9068: access tokens at an API.

use std::sync::Arc;

use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_tokens::{
    AccessTokenVerifier, ContentEncryption, DecryptKey, DecryptKeySet, JoseError, KeyManagement,
    SigningKey, jwe, jws,
};
use serde_json::json;

use crate::forge::{
    API, CLIENT, ISSUER, NOW, access_claims, encrypt_raw, header, key_set, sign_raw, signing_key,
    verify_access_header, verify_access_payload, with,
};

fn reader() -> Arc<DecryptKey> {
    Arc::new(DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap())
}

fn verifier(key: &SigningKey) -> AccessTokenVerifier {
    AccessTokenVerifier::new(ISSUER, API, Arc::new(key_set(key)))
}

fn cause(answer: Result<ciam_core::Principal, TokenError>) -> JoseError {
    match answer {
        Err(TokenError::Invalid(cause)) => cause.downcast_ref::<JoseError>().unwrap().clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_principal_has_typed_claims_and_the_rest() {
    let mut claims = access_claims();
    claims["acr"] = json!("substantial");
    claims["amr"] = json!(["pwd"]);
    claims["auth_time"] = json!(NOW.as_secs() - 60);
    claims["act"] = json!({ "sub": "bob" });
    claims["tier"] = json!("gold");
    let principal = verify_access_payload(&claims.to_string()).unwrap();
    assert_eq!(principal.issuer, ISSUER);
    assert_eq!(principal.subject, "ada");
    assert_eq!(principal.client_id, CLIENT);
    assert!(principal.scopes.contains("orders:read"));
    assert_eq!(principal.acr.as_deref(), Some("substantial"));
    assert_eq!(principal.amr, ["pwd"]);
    assert_eq!(principal.auth_time.unwrap().as_secs(), NOW.as_secs() - 60);
    assert_eq!(principal.actor.unwrap().subject, "bob");
    assert_eq!(principal.token_id, "4f2a");
    let mut rest: Vec<&str> = principal.claims.keys().map(String::as_str).collect();
    rest.sort_unstable();
    assert_eq!(rest, ["aud", "iat", "tier"]);
}

#[test]
fn optional_claims_of_a_wrong_type_are_refused() {
    for (name, value) in [
        ("scope", json!(["orders:read"])),
        ("scope", json!("a\"b")),
        ("acr", json!(2)),
        ("amr", json!("pwd")),
        ("amr", json!([1])),
        ("auth_time", json!("now")),
        ("act", json!("bob")),
        ("act", json!({})),
        ("act", json!(null)),
    ] {
        let answer = verify_access_payload(&with(access_claims(), name, value.clone()).to_string());
        assert!(
            matches!(answer, Err(JoseError::Claims(_))),
            "{name} {value}: {answer:?}"
        );
    }
}

#[test]
fn the_api_may_be_one_of_several_audiences() {
    let claims = with(
        access_claims(),
        "aud",
        json!(["https://other.example", API]),
    );
    assert!(verify_access_payload(&claims.to_string()).is_ok());
}

#[test]
fn a_bound_token_is_not_taken_as_a_bearer_token() {
    let claims = with(access_claims(), "cnf", json!({ "jkt": "x" }));
    assert!(matches!(
        verify_access_payload(&claims.to_string()),
        Err(JoseError::Claims(_))
    ));
}

#[test]
fn the_type_is_not_optional() {
    let answer = verify_access_header(|header| {
        header.as_object_mut().unwrap().remove("typ");
    });
    assert!(matches!(answer, Err(JoseError::Type(_))));
}

#[tokio::test]
async fn jo_26_an_api_that_requires_encryption_takes_nothing_else() {
    let (key, reader) = (signing_key(), reader());
    let signed = jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();
    let nested = jwe::encrypt_nested(&reader.encrypt_key(), &signed).unwrap();
    let plain = verifier(&key);
    let strict = verifier(&key).require_encryption(DecryptKeySet::new([Arc::clone(&reader)]));

    assert!(plain.verify_token(signed.as_str(), NOW).await.is_ok());
    assert!(strict.verify_token(&nested, NOW).await.is_ok());
    let answer = cause(strict.verify_token(signed.as_str(), NOW).await);
    assert!(matches!(answer, JoseError::Type(_)), "{answer:?}");
    let answer = cause(plain.verify_token(&nested, NOW).await);
    assert!(matches!(answer, JoseError::Type(_)), "{answer:?}");
}

#[tokio::test]
async fn encryption_does_not_stand_in_for_the_signature() {
    // Anybody can encrypt to a published key.
    let (key, attacker, reader) = (signing_key(), signing_key(), reader());
    let mut forged = header(&key, "at+jwt");
    forged["kid"] = key.kid().as_str().into();
    let token = sign_raw(&attacker, &forged.to_string(), &access_claims().to_string());
    let inner = encrypt_raw(&reader, &token);
    let strict = verifier(&key).require_encryption(DecryptKeySet::new([reader]));
    assert_eq!(
        cause(strict.verify_token(&inner, NOW).await),
        JoseError::Signature
    );
}

#[tokio::test]
async fn several_keys_decrypt_while_they_rotate() {
    let (key, old, new) = (signing_key(), reader(), reader());
    let strict =
        verifier(&key).require_encryption(DecryptKeySet::new([Arc::clone(&new), Arc::clone(&old)]));
    let signed = jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();
    for reader in [&old, &new] {
        let nested = jwe::encrypt_nested(&reader.encrypt_key(), &signed).unwrap();
        assert!(strict.verify_token(&nested, NOW).await.is_ok());
    }
    let nested = jwe::encrypt_nested(&self::reader().encrypt_key(), &signed).unwrap();
    let answer = cause(strict.verify_token(&nested, NOW).await);
    assert!(matches!(answer, JoseError::Key(_)), "{answer:?}");
}

#[tokio::test]
async fn it_is_a_token_verifier() {
    let key = signing_key();
    let verifier: Arc<dyn TokenVerifier> = Arc::new(verifier(&key));
    let signed = jws::sign(&key, "at+jwt", access_claims().to_string().as_bytes()).unwrap();
    let shown = PresentedToken {
        token: signed.as_str(),
        method: &http::Method::GET,
        uri: &http::Uri::from_static("/orders"),
        dpop: None,
        client_certificate: None,
    };
    assert_eq!(verifier.verify(shown, NOW).await.unwrap().subject, "ada");
}

//! Tokens that others made.

use ciam_tokens::{DecryptKey, JoseError, SigningKey, UnverifiedJwe, UnverifiedJws};
use serde_json::Value;

#[test]
fn rfc_7515_appendix_a_3() {
    let vector: Value =
        serde_json::from_str(include_str!("../vectors/rfc7515-appendix-a3.json")).unwrap();
    let key = SigningKey::from_jwk(vector["key"].to_string().as_bytes()).unwrap();
    let verified = UnverifiedJws::parse(vector["token"].as_str().unwrap())
        .unwrap()
        .verify(&key.verify_key().unwrap())
        .unwrap();
    assert_eq!(
        verified.payload(),
        vector["payload"].as_str().unwrap().as_bytes()
    );
    assert_eq!(verified.typ(), None);
}

#[test]
fn ecdh_es_with_a256gcm_of_another_implementation() {
    let vector: Value =
        serde_json::from_str(include_str!("../vectors/ecdh-es-a256gcm.json")).unwrap();
    let key = DecryptKey::from_jwk(vector["key"].to_string().as_bytes()).unwrap();
    assert_eq!(key.kid().as_str(), "reader-1");
    for case in vector["cases"].as_array().unwrap() {
        let token = case["token"].as_str().unwrap();
        let content = UnverifiedJwe::parse(token).unwrap().decrypt(&key).unwrap();
        assert!(content.same_as(case["plaintext"].as_str().unwrap().as_bytes()));
        // It does not say that it holds a token.
        let refused = UnverifiedJwe::parse(token).unwrap().decrypt_nested(&key);
        assert!(matches!(refused, Err(JoseError::Type(_))));
    }
}

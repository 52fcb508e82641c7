//! Issuing tokens with the keys of a tenant.

use std::sync::Arc;

use ciam_core::jwk::JwkSetDocument;
use ciam_core::store::memory::MemoryStore;
use ciam_core::token::{AccessTokenClaims, IdTokenClaims, TokenError, TokenIssuer, TokenSpec};
use ciam_core::{Issuer, TenantId};
use ciam_tokens::{
    AccessTokenVerifier, ContentEncryption, DecryptKey, DecryptKeySet, IdTokenVerifier, JwkSet,
    KeyManagement, KeyRing, KeyRingIssuer,
};
use serde_json::{Map, json};

use crate::forge::{API, CLIENT, ISSUER, NOW, signing_key};
use crate::key_ring::{ring, tenant};

async fn provider() -> (Arc<KeyRing>, KeyRingIssuer) {
    let ring = Arc::new(ring(&MemoryStore::new()).await);
    (Arc::clone(&ring), KeyRingIssuer::new(ring))
}

pub(crate) fn access() -> AccessTokenClaims {
    serde_json::from_value(crate::forge::access_claims()).unwrap()
}

pub(crate) fn id() -> IdTokenClaims {
    IdTokenClaims {
        iss: ISSUER.into(),
        sub: "ada".into(),
        aud: CLIENT.into(),
        iat: NOW.as_secs(),
        exp: NOW.as_secs() + 300,
        auth_time: NOW.as_secs(),
        nonce: Some("n".into()),
        acr: None,
        amr: vec!["pwd".into()],
        sid: None,
        at_hash: None,
        rest: Map::new(),
    }
}

#[tokio::test]
async fn issued_tokens_verify() {
    let (ring, issuer) = provider().await;
    let token = issuer
        .issue(&tenant(), TokenSpec::Access(&access()), None)
        .await
        .unwrap();
    let api = AccessTokenVerifier::new(ISSUER, API, Arc::clone(&ring) as _);
    assert_eq!(
        api.verify_token(&token.0, NOW).await.unwrap().subject,
        "ada"
    );

    let token = issuer
        .issue(&tenant(), TokenSpec::Id(&id()), None)
        .await
        .unwrap();
    let party = IdTokenVerifier::new(ISSUER, CLIENT, ring);
    assert_eq!(
        party.verify(&token.0, Some("n"), NOW).await.unwrap().amr,
        ["pwd"]
    );
    assert!(api.verify_token(&token.0, NOW).await.is_err());
}

#[tokio::test]
async fn with_a_recipient_the_token_is_encrypted_to_its_first_key() {
    let (ring, issuer) = provider().await;
    let readers = [0, 1].map(|_| {
        Arc::new(DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap())
    });
    let set = JwkSet::new([
        signing_key().public_jwk(),
        readers[0].public_jwk(),
        readers[1].public_jwk(),
    ]);
    let document = JwkSetDocument::new(&set.to_json()).unwrap();
    for _ in 0..2 {
        let token = issuer
            .issue(&tenant(), TokenSpec::Access(&access()), Some(&document))
            .await
            .unwrap();
        let api = AccessTokenVerifier::new(ISSUER, API, Arc::clone(&ring) as _)
            .require_encryption(DecryptKeySet::new([Arc::clone(&readers[0])]));
        assert!(api.verify_token(&token.0, NOW).await.is_ok());
    }
}

#[tokio::test]
async fn without_a_usable_key_there_is_no_token_at_all() {
    let (_, issuer) = provider().await;
    let only_signs = JwkSet::new([signing_key().public_jwk()]).to_json();
    for text in [
        "{}",
        "{\"keys\":[]}",
        "[]",
        "null",
        "{\"keys\":[{\"kty\":\"RSA\"}]}",
        only_signs.as_str(),
    ] {
        let document = JwkSetDocument::new(text).unwrap();
        for _ in 0..2 {
            let refused = issuer
                .issue(&tenant(), TokenSpec::Id(&id()), Some(&document))
                .await;
            assert!(
                matches!(refused, Err(TokenError::NoEncryptionKey)),
                "{text}: {refused:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_attribute_cannot_stand_in_for_a_registered_claim() {
    let (_, issuer) = provider().await;
    for name in ["sub", "iss", "aud", "exp", "client_id", "scope"] {
        let mut claims = access();
        claims.rest.insert(name.into(), json!("eve"));
        assert!(
            issuer
                .issue(&tenant(), TokenSpec::Access(&claims), None)
                .await
                .is_err(),
            "{name}"
        );
    }
}

#[tokio::test]
async fn keys_are_of_one_tenant() {
    let (_, issuer) = provider().await;
    let other = TenantId::of(&"https://other.example".parse::<Issuer>().unwrap());
    let refused = issuer.issue(&other, TokenSpec::Id(&id()), None).await;
    assert!(matches!(refused, Err(TokenError::Unavailable(_))));
}

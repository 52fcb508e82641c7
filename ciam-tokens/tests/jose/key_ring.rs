//! The keys of a tenant, sealed in a store.

use std::sync::Arc;

use ciam_core::seal::LocalKeyWrapper;
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{KeyRecord, KeyStore, KeyUse};
use ciam_core::{Issuer, Secret, SystemEntropy, TenantId};
use ciam_tokens::{JwkSet, KeyRing, KeyRingError};

use crate::forge::{ISSUER, NOW};

pub(crate) fn tenant() -> TenantId {
    TenantId::of(&ISSUER.parse::<Issuer>().unwrap())
}

pub(crate) fn wrapper(root: u8) -> LocalKeyWrapper {
    LocalKeyWrapper::new(&Secret::new([root; 32]), SystemEntropy).unwrap()
}

pub(crate) async fn ring(store: &MemoryStore) -> KeyRing {
    KeyRing::load_or_create(&tenant(), store, &wrapper(7), NOW)
        .await
        .unwrap()
}

#[tokio::test]
async fn keys_are_made_once_and_loaded_afterwards() {
    let store = MemoryStore::new();
    let first = ring(&store).await;
    let second = ring(&store).await;
    assert_eq!(first.public_jwks(), second.public_jwks());
    assert_eq!(store.keys(&tenant()).await.unwrap().keys.len(), 2);

    let published = JwkSet::parse(first.public_jwks().as_bytes()).unwrap();
    let said: Vec<_> = published
        .keys()
        .iter()
        .map(|key| (key.key_use().unwrap().as_str(), key.alg().unwrap()))
        .collect();
    assert_eq!(said, [("sig", "ES256"), ("enc", "ECDH-ES")]);
    assert_eq!(published.keys()[0].kid(), Some(first.signing().kid()));
    assert!(!first.public_jwks().contains("\"d\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_start_together_agree() {
    let store = Arc::new(MemoryStore::new());
    let nodes: Vec<_> = (0..16)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { ring(&store).await.public_jwks().to_string() })
        })
        .collect();
    let mut published = Vec::new();
    for node in nodes {
        published.push(node.await.unwrap());
    }
    published.dedup();
    assert_eq!(published.len(), 1);
}

#[tokio::test]
async fn another_root_key_overwrites_nothing() {
    let store = MemoryStore::new();
    let before = ring(&store).await;
    let refused = KeyRing::load_or_create(&tenant(), &store, &wrapper(8), NOW).await;
    assert!(matches!(refused, Err(KeyRingError::Seal(_))));
    assert_eq!(ring(&store).await.public_jwks(), before.public_jwks());
}

#[tokio::test]
async fn a_sealed_key_does_not_open_for_another_tenant() {
    let store = MemoryStore::new();
    ring(&store).await;
    let other = TenantId::of(&"https://other.example".parse::<Issuer>().unwrap());
    let keys = store.keys(&tenant()).await.unwrap().keys;
    assert!(store.replace_keys(&other, 0, keys).await.unwrap());
    let refused = KeyRing::load_or_create(&other, &store, &wrapper(7), NOW).await;
    assert!(matches!(refused, Err(KeyRingError::Seal(_))));
}

#[tokio::test]
async fn keys_of_a_later_version_are_left_alone() {
    let store = MemoryStore::new();
    let later = KeyRecord {
        kid: "later".into(),
        key_use: KeyUse::Sig,
        algorithm: "ML-DSA-44".into(),
        created_at: NOW,
        sealed: vec![1, 2, 3],
    };
    assert!(
        store
            .replace_keys(&tenant(), 0, vec![later.clone()])
            .await
            .unwrap()
    );
    let ring = ring(&store).await;
    assert!(!ring.public_jwks().contains("later"));
    assert!(store.keys(&tenant()).await.unwrap().keys.contains(&later));
}

#[tokio::test]
async fn the_newest_key_signs_and_the_older_still_verifies() {
    let (store, spare) = (MemoryStore::new(), MemoryStore::new());
    let old = ring(&store).await;
    let later = NOW + std::time::Duration::from_secs(1);
    KeyRing::load_or_create(&tenant(), &spare, &wrapper(7), later)
        .await
        .unwrap();
    let mut stored = store.keys(&tenant()).await.unwrap();
    stored
        .keys
        .extend(spare.keys(&tenant()).await.unwrap().keys);
    assert!(
        store
            .replace_keys(&tenant(), stored.generation, stored.keys)
            .await
            .unwrap()
    );
    let new = ring(&store).await;
    assert_ne!(new.signing().kid(), old.signing().kid());
    assert_eq!(new.verify_keys().keys().len(), 2);
    assert_eq!(new.decrypt_keys().keys().len(), 2);
}

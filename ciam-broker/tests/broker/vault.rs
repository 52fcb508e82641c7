//! The vault: rows BK-*.

use std::sync::Arc;

use ciam_broker::TokenDomain;
use ciam_broker::tokenize::TokenizeError;
use ciam_core::Timestamp;
use ciam_core::account::LookupKey;
use ciam_core::store::VaultStore;
use ciam_core::store::memory::MemoryStore;
use serde_json::{Value, json};

use crate::bank::{Bank, tenant, vault};

const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
const NUMBER: &str = "131052-308T";

fn domain(name: &str) -> TokenDomain {
    name.parse().unwrap()
}

#[tokio::test]
async fn the_same_value_has_the_same_surrogate_and_comes_back() {
    let store = Arc::new(MemoryStore::new());
    let (vault, ours) = (vault(&store), tenant("https://one.example"));
    let number = domain("national_id");
    let value = json!(NUMBER);
    let surrogate = vault.tokenize(&ours, &number, &value, NOW).await.unwrap();
    assert_eq!(surrogate.len(), "tok_".len() + 22);
    for _ in 0..3 {
        assert_eq!(
            vault.tokenize(&ours, &number, &value, NOW).await.unwrap(),
            surrogate
        );
    }
    let clear = vault
        .detokenize(&ours, &number, &surrogate, "payout")
        .await
        .unwrap();
    assert_eq!(clear.expose(), &value);
    assert_eq!(format!("{clear:?}"), "ClearValue([redacted])");
}

#[tokio::test]
async fn bk02_two_tenants_and_two_domains_have_different_surrogates() {
    let store = Arc::new(MemoryStore::new());
    let vault = vault(&store);
    let (one, two) = (tenant("https://one.example"), tenant("https://two.example"));
    let value = json!(NUMBER);
    let a = vault
        .tokenize(&one, &domain("national_id"), &value, NOW)
        .await
        .unwrap();
    let b = vault
        .tokenize(&two, &domain("national_id"), &value, NOW)
        .await
        .unwrap();
    let c = vault
        .tokenize(&one, &domain("customer_id"), &value, NOW)
        .await
        .unwrap();
    let d = vault
        .tokenize(&one, &domain("national_id"), &json!(1), NOW)
        .await
        .unwrap();
    let e = vault
        .tokenize(&one, &domain("national_id"), &json!("1"), NOW)
        .await
        .unwrap();
    let all = std::collections::BTreeSet::from([&a, &b, &c, &d, &e]);
    assert_eq!(all.len(), 5);
}

#[tokio::test]
async fn bk01_a_surrogate_is_worth_nothing_elsewhere_or_without_a_purpose() {
    let store = Arc::new(MemoryStore::new());
    let vault = vault(&store);
    let (one, two) = (tenant("https://one.example"), tenant("https://two.example"));
    let number = domain("national_id");
    let surrogate = vault
        .tokenize(&one, &number, &json!(NUMBER), NOW)
        .await
        .unwrap();
    for (tenant, domain, surrogate) in [
        (&two, number.clone(), surrogate.as_str()),
        (&one, domain("customer_id"), surrogate.as_str()),
        (&one, number.clone(), "tok_AAAAAAAAAAAAAAAAAAAAAA"),
        (&one, number.clone(), ""),
    ] {
        let outcome = vault.detokenize(tenant, &domain, surrogate, "payout").await;
        assert!(matches!(outcome, Err(TokenizeError::Unknown)));
    }
    let outcome = vault.detokenize(&one, &number, &surrogate, " ").await;
    assert!(matches!(outcome, Err(TokenizeError::NoPurpose)));
}

#[tokio::test]
async fn a_sealed_value_moved_to_another_surrogate_does_not_open() {
    let store = Arc::new(MemoryStore::new());
    let (vault, ours) = (vault(&store), tenant("https://one.example"));
    let number = domain("national_id");
    let surrogate = vault
        .tokenize(&ours, &number, &json!(NUMBER), NOW)
        .await
        .unwrap();
    let mut entry = store
        .by_surrogate(&ours, "national_id", &surrogate)
        .await
        .unwrap()
        .unwrap();
    entry.surrogate = "tok_BBBBBBBBBBBBBBBBBBBBBB".to_owned();
    entry.lookup = [1; 32];
    let _ = store.put(&ours, entry).await.unwrap();
    let moved = vault
        .detokenize(&ours, &number, "tok_BBBBBBBBBBBBBBBBBBBBBB", "payout")
        .await;
    assert!(matches!(moved, Err(TokenizeError::Seal(_))));
}

#[tokio::test]
async fn the_store_holds_no_clear_value() {
    let bank = Bank::new();
    let person = bank.sign_in(|_| ()).await.unwrap();
    let surrogate = person.attributes.text("person").unwrap();
    let ours = tenant("https://id.example");
    let entry = bank
        .store
        .by_surrogate(&ours, "national_id", surrogate)
        .await
        .unwrap()
        .unwrap();
    let bytes = [
        entry.domain.as_bytes(),
        &entry.lookup,
        entry.surrogate.as_bytes(),
        &entry.sealed,
    ]
    .concat();
    assert!(
        !bytes
            .windows(NUMBER.len())
            .any(|window| window == NUMBER.as_bytes())
    );
    // And it cannot be found by guessing without the key.
    let guess = Value::from(NUMBER).to_string();
    let other = LookupKey::new(&[9; 32]).vault(&ours, "national_id", guess.as_bytes());
    assert_ne!(entry.lookup, other);
}

#[tokio::test]
async fn sixteen_at_once_agree_on_one_surrogate() {
    let store = Arc::new(MemoryStore::new());
    let vault = vault(&store);
    let ours = tenant("https://one.example");
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let vault = vault.clone();
            tokio::spawn(async move {
                let value = json!(NUMBER);
                vault
                    .tokenize(&ours, &domain("national_id"), &value, NOW)
                    .await
                    .unwrap()
            })
        })
        .collect();
    let mut surrogates = std::collections::BTreeSet::new();
    for task in tasks {
        surrogates.insert(task.await.unwrap());
    }
    assert_eq!(surrogates.len(), 1);
}

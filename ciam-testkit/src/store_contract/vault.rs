//! [`ciam_core::store::VaultStore`].

use ciam_core::Stores;
use ciam_core::store::{StoreError, VaultEntry, VaultPut};

use super::samples::{NOW, TASKS, count, digest, race, tenant};

/// Of 64 that put one value, one stores, and all see the same surrogate.
pub async fn put_has_one_winner_and_one_surrogate(stores: Stores) {
    let (tenant, lookup) = (tenant(), digest());
    let results = race(|number| {
        let vault = stores.vault.clone();
        let mut mine = entry(&format!("surrogate-{number}"));
        mine.lookup = lookup;
        async move {
            match vault.put(&tenant, mine.clone()).await.unwrap() {
                VaultPut::Stored => (true, mine),
                VaultPut::Existing(existing) => (false, existing),
            }
        }
    })
    .await;
    assert_eq!(count(&results, |(stored, _)| *stored), 1);
    let winner = &results.iter().find(|(stored, _)| *stored).unwrap().1;
    assert_eq!(count(&results, |(_, entry)| entry == winner), TASKS);
}

/// The same entry again is the existing one; its surrogate leads back to it.
pub async fn a_surrogate_leads_to_its_entry(stores: Stores) {
    let (tenant, mine) = (tenant(), entry("surrogate"));
    let put = || stores.vault.put(&tenant, mine.clone());
    assert_eq!(put().await.unwrap(), VaultPut::Stored);
    assert_eq!(put().await.unwrap(), VaultPut::Existing(mine.clone()));
    let found = async |domain, surrogate| {
        let found = stores.vault.by_surrogate(&tenant, domain, surrogate);
        found.await.unwrap()
    };
    assert_eq!(found("national_id", "surrogate").await, Some(mine.clone()));
    assert_eq!(found("national_id", "other").await, None);
    assert_eq!(found("phone", "surrogate").await, None);
}

/// A surrogate that stands for another value is a conflict; in another domain it is free.
pub async fn a_surrogate_stands_for_one_value(stores: Stores) {
    let (tenant, first, second) = (tenant(), entry("surrogate"), entry("surrogate"));
    let put = async |entry: &VaultEntry| stores.vault.put(&tenant, entry.clone()).await;
    assert_eq!(put(&first).await.unwrap(), VaultPut::Stored);
    assert!(matches!(put(&second).await, Err(StoreError::Conflict)));
    let elsewhere = VaultEntry {
        domain: "phone".to_owned(),
        lookup: first.lookup,
        ..second
    };
    assert_eq!(put(&elsewhere).await.unwrap(), VaultPut::Stored);
}

/// A forgotten value is gone, and can be put again under another surrogate.
pub async fn a_forgotten_value_is_gone(stores: Stores) {
    let (tenant, mut mine) = (tenant(), entry("first"));
    let put = async |entry: &VaultEntry| stores.vault.put(&tenant, entry.clone()).await.unwrap();
    let forget = async |surrogate| {
        let forgotten = stores.vault.forget(&tenant, "national_id", surrogate);
        forgotten.await.unwrap()
    };
    assert_eq!(put(&mine).await, VaultPut::Stored);
    assert!(!forget("other").await);
    assert!(forget("first").await);
    assert!(!forget("first").await);
    let found = stores.vault.by_surrogate(&tenant, "national_id", "first");
    assert_eq!(found.await.unwrap(), None);
    "second".clone_into(&mut mine.surrogate);
    assert_eq!(put(&mine).await, VaultPut::Stored);
}

pub(super) fn entry(surrogate: &str) -> VaultEntry {
    VaultEntry {
        domain: "national_id".to_owned(),
        lookup: digest(),
        surrogate: surrogate.to_owned(),
        sealed: (0..=u8::MAX).collect(),
        created_at: NOW,
    }
}

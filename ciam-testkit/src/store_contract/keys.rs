//! [`ciam_core::store::KeyStore`].

use ciam_core::Stores;
use ciam_core::store::{KeyRecord, KeySetRecord, KeyUse};

use super::samples::{NOW, count, race, tenant};

/// Before the first keys: generation 0 and no key.
pub async fn there_are_no_keys_at_first(stores: Stores) {
    let keys = stores.keys.keys(&tenant()).await.unwrap();
    assert_eq!(keys, KeySetRecord::default());
}

/// Of 64 nodes that make the first keys, and later rotate them, one does.
pub async fn replace_keys_has_one_winner(stores: Stores) {
    let tenant = tenant();
    for generation in 0..3 {
        let results = race(|number| {
            let keys = stores.keys.clone();
            let mine = vec![key(&format!("{generation}-{number}")), key("second")];
            async move {
                let replaced = keys.replace_keys(&tenant, generation, mine.clone());
                (replaced.await.unwrap(), mine)
            }
        })
        .await;
        assert_eq!(count(&results, |(replaced, _)| *replaced), 1);
        let winner = results
            .into_iter()
            .find(|(replaced, _)| *replaced)
            .unwrap()
            .1;
        let stored = stores.keys.keys(&tenant).await.unwrap();
        let wanted = KeySetRecord {
            generation: generation + 1,
            keys: winner,
        };
        assert_eq!(stored, wanted);
    }
}

/// A generation that is not the stored one changes nothing, even when there is none yet.
pub async fn replace_keys_refuses_another_generation(stores: Stores) {
    let tenant = tenant();
    let replace = async |expected| {
        let replaced = stores.keys.replace_keys(&tenant, expected, vec![key("a")]);
        replaced.await.unwrap()
    };
    for expected in [1, 2, u64::MAX] {
        assert!(!replace(expected).await);
    }
    assert!(replace(0).await);
    for expected in [0, 2, u64::MAX] {
        assert!(!replace(expected).await);
    }
    assert_eq!(stores.keys.keys(&tenant).await.unwrap().generation, 1);
}

pub(super) fn key(kid: &str) -> KeyRecord {
    KeyRecord {
        kid: kid.to_owned(),
        key_use: KeyUse::Sig,
        algorithm: "ES256".to_owned(),
        created_at: NOW,
        sealed: (0..=u8::MAX).collect(),
    }
}

//! [`ciam_core::store::ConsentStore`].

use std::time::Duration;

use ciam_core::store::Consent;
use ciam_core::{Scopes, Stores};

use super::samples::{NOW, TASKS, client, race, subject, tenant};

/// What is allowed later is added to what was allowed before.
pub async fn consents_are_merged(stores: Stores) {
    let (tenant, who, shop) = (tenant(), subject(), client("shop"));
    let later = NOW + Duration::from_secs(1);
    for (scopes, at) in [("openid orders:read", NOW), ("openid orders:write", later)] {
        let consent = Consent {
            subject: who,
            client: shop.clone(),
            scopes: scopes.parse().unwrap(),
            at,
        };
        stores.consents.allow(&tenant, consent).await.unwrap();
    }
    let consent = stores.consents.consent(&tenant, &who, &shop).await;
    let consent = consent.unwrap().expect("the consent");
    assert_eq!(
        consent.scopes.to_string(),
        "openid orders:read orders:write"
    );
    assert_eq!(
        (consent.subject, consent.client, consent.at),
        (who, shop, later)
    );
}

/// 64 consents at once lose no scope.
pub async fn racing_consents_lose_nothing(stores: Stores) {
    let (tenant, who, shop) = (tenant(), subject(), client("shop"));
    race(|number| {
        let consents = stores.consents.clone();
        let consent = Consent {
            subject: who,
            client: shop.clone(),
            scopes: format!("scope:{number}").parse::<Scopes>().unwrap(),
            at: NOW,
        };
        async move { consents.allow(&tenant, consent).await.unwrap() }
    })
    .await;
    let consent = stores.consents.consent(&tenant, &who, &shop).await;
    assert_eq!(consent.unwrap().expect("the consent").scopes.len(), TASKS);
}

/// Consents are listed by subject, and withdrawn one by one.
pub async fn consents_are_listed_and_withdrawn(stores: Stores) {
    let (tenant, who) = (tenant(), subject());
    let consents = &stores.consents;
    for (subject, name) in [(who, "shop"), (who, "partner"), (subject(), "shop")] {
        let consent = Consent {
            subject,
            client: client(name),
            scopes: "openid".parse().unwrap(),
            at: NOW,
        };
        consents.allow(&tenant, consent).await.unwrap();
    }
    let list = async || {
        let found = consents.consents(&tenant, &who).await.unwrap();
        let mut found: Vec<_> = found.into_iter().map(|c| c.client.to_string()).collect();
        found.sort();
        found
    };
    assert_eq!(list().await, ["partner", "shop"]);
    let withdraw = async || {
        let gone = consents.withdraw(&tenant, &who, &client("shop")).await;
        gone.unwrap()
    };
    assert!(withdraw().await);
    assert!(!withdraw().await);
    assert_eq!(list().await, ["partner"]);
    let shop = client("shop");
    assert_eq!(consents.consent(&tenant, &who, &shop).await.unwrap(), None);
}

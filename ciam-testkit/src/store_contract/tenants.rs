//! One tenant's data are nothing to another, in every port, under the very same keys.

use std::time::Duration;

use ciam_core::Stores;
use ciam_core::session::SessionSelector;
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::store::{
    Consent, Consumed, Created, Inserted, Kind, Linked, Rate, Rotated, Unlinked, VaultPut,
};

use super::samples::{
    GRACE, NOW, TTL, account, binding, bound, client, digest, link, session, session_key, subject,
    successor, tenant,
};

/// Records: not read, changed or used up from another tenant, and both may have the same key.
pub async fn records_are_separate(stores: Stores) {
    let (here, there, binding) = (tenant(), tenant(), binding());
    let (state, kind) = (&stores.state, Kind::RefreshToken);
    let record = bound(kind, &binding);
    let key = record.key;
    let inserted = state.insert(&here, record.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);

    assert_eq!(state.get(&there, kind, &key, NOW).await.unwrap(), None);
    let updated = state.update(&there, kind, &key, 0, vec![1], NOW).await;
    assert!(!updated.unwrap());
    let next = successor(&binding, b"sealed");
    let rotated = state.rotate(&there, kind, &key, next, GRACE, NOW).await;
    assert_eq!(rotated.unwrap(), Rotated::Missing);
    let consumed = state.consume(&there, kind, &key, NOW).await;
    assert_eq!(consumed.unwrap(), Consumed::Missing);

    let mut twin = record.clone();
    twin.payload = b"there".to_vec();
    let inserted = state.insert(&there, twin.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
    let consumed = state.consume(&there, kind, &key, NOW).await;
    assert_eq!(consumed.unwrap(), Consumed::Fresh(twin));
    assert_eq!(
        state.get(&here, kind, &key, NOW).await.unwrap(),
        Some(record)
    );
}

/// Digests of single use.
pub async fn single_use_is_separate(stores: Stores) {
    let digest = digest();
    for tenant in [tenant(), tenant()] {
        let first = stores
            .state
            .insert_once(&tenant, "jti", &digest, NOW + TTL, NOW);
        assert!(first.await.unwrap());
    }
}

/// Accounts: the same subject, identifier and link may exist in both.
pub async fn accounts_are_separate(stores: Stores) {
    let (here, there, mine) = (tenant(), tenant(), account());
    let accounts = &stores.accounts;
    accounts.create(&here, mine.clone()).await.unwrap();

    assert_eq!(accounts.find(&there, &mine.subject).await.unwrap(), None);
    let found = accounts
        .find_by_identifier(&there, &mine.identifiers[0])
        .await;
    assert_eq!(found.unwrap(), None);
    let digest = mine.links[0].digest;
    assert_eq!(accounts.find_by_link(&there, &digest).await.unwrap(), None);
    let linked = accounts.link(&there, &mine.subject, link()).await.unwrap();
    assert_eq!(linked, Linked::Missing);
    let unlinked = accounts.unlink(&there, &mine.subject, &digest).await;
    assert_eq!(unlinked.unwrap(), Unlinked::Missing);
    let updated = accounts.update_profile(&there, &mine.subject, 0, vec![1]);
    assert!(!updated.await.unwrap());
    let updated = accounts.update_credential(&there, &mine.subject, "password", 0, "x");
    assert!(!updated.await.unwrap());

    let created = accounts.create_linked(&there, mine.clone()).await.unwrap();
    assert_eq!(created, Created::Created);
    assert_eq!(
        accounts.find(&here, &mine.subject).await.unwrap(),
        Some(mine)
    );
}

/// Clients and APIs.
pub async fn clients_are_separate(stores: Stores) {
    let (here, there) = (tenant(), tenant());
    let shop = super::clients::client("shop");
    let api = super::clients::api("https://api.example");
    stores
        .clients
        .put_client(&here, shop.clone())
        .await
        .unwrap();
    stores.clients.put_api(&here, api).await.unwrap();
    let found = stores.clients.client(&there, &shop.id).await.unwrap();
    assert!(found.is_none());
    assert!(stores.clients.apis(&there).await.unwrap().is_empty());
}

/// Sessions.
pub async fn sessions_are_separate(stores: Stores) {
    let (here, there) = (tenant(), tenant());
    let (key, mine) = (session_key(), session(subject()));
    let sessions = &stores.sessions;
    sessions
        .begin(&here, key, mine.clone(), None)
        .await
        .unwrap();

    assert_eq!(sessions.session(&there, &key, NOW).await.unwrap(), None);
    let listed = sessions.sessions(&there, &mine.subject, NOW).await.unwrap();
    assert_eq!(listed, vec![]);
    let updated = sessions
        .update_session(&there, &key, mine.clone(), NOW)
        .await;
    assert!(!updated.unwrap());
    for what in [
        SessionSelector::Session(mine.id),
        SessionSelector::Subject(mine.subject),
    ] {
        assert_eq!(sessions.end(&there, &what).await.unwrap(), 0);
    }
    let replacing = sessions.begin(&there, session_key(), mine.clone(), Some(key));
    replacing.await.unwrap();
    assert_eq!(
        sessions.session(&here, &key, NOW).await.unwrap(),
        Some(mine)
    );
}

/// Consents.
pub async fn consents_are_separate(stores: Stores) {
    let (here, there, who, shop) = (tenant(), tenant(), subject(), client("shop"));
    let consent = Consent {
        subject: who,
        client: shop.clone(),
        scopes: "openid".parse().unwrap(),
        at: NOW,
    };
    let consents = &stores.consents;
    consents.allow(&here, consent.clone()).await.unwrap();
    assert_eq!(consents.consent(&there, &who, &shop).await.unwrap(), None);
    assert_eq!(consents.consents(&there, &who).await.unwrap(), vec![]);
    assert!(!consents.withdraw(&there, &who, &shop).await.unwrap());
    assert_eq!(
        consents.consent(&here, &who, &shop).await.unwrap(),
        Some(consent)
    );
}

/// Keys.
pub async fn keys_are_separate(stores: Stores) {
    let (here, there) = (tenant(), tenant());
    let keys = vec![super::keys::key("here")];
    assert!(stores.keys.replace_keys(&here, 0, keys).await.unwrap());
    assert_eq!(stores.keys.keys(&there).await.unwrap().generation, 0);
    let keys = vec![super::keys::key("there")];
    assert!(
        !stores
            .keys
            .replace_keys(&there, 1, keys.clone())
            .await
            .unwrap()
    );
    assert!(stores.keys.replace_keys(&there, 0, keys).await.unwrap());
    let stored = stores.keys.keys(&here).await.unwrap();
    assert_eq!(stored.keys, vec![super::keys::key("here")]);
}

/// The vault: the same value and the same surrogate may exist in both.
pub async fn vaults_are_separate(stores: Stores) {
    let (here, there) = (tenant(), tenant());
    let entry = super::vault::entry("surrogate");
    let (domain, surrogate) = (entry.domain.as_str(), entry.surrogate.as_str());
    let vault = &stores.vault;
    assert_eq!(
        vault.put(&here, entry.clone()).await.unwrap(),
        VaultPut::Stored
    );
    let found = vault.by_surrogate(&there, domain, surrogate).await;
    assert_eq!(found.unwrap(), None);
    assert!(!vault.forget(&there, domain, surrogate).await.unwrap());
    assert_eq!(
        vault.put(&there, entry.clone()).await.unwrap(),
        VaultPut::Stored
    );
    assert!(vault.forget(&there, domain, surrogate).await.unwrap());
    let found = vault.by_surrogate(&here, domain, surrogate).await;
    assert_eq!(found.unwrap(), Some(entry.clone()));
}

/// Settings: revisions, too, are the tenant's own.
pub async fn settings_are_separate(stores: Stores) {
    let (here, there, kind) = (tenant(), tenant(), SettingsKind::SignIn);
    let mine = super::settings::publish(&stores, &here, kind, "here").await;
    let settings = &stores.settings;
    assert_eq!(settings.active(&there, kind).await.unwrap(), None);
    assert_eq!(
        settings.at(&there, kind, mine.revision).await.unwrap(),
        None
    );
    assert_eq!(settings.history(&there, kind).await.unwrap(), vec![]);
    let changed = settings.changed_since(&there, Revision(0)).await.unwrap();
    assert_eq!(changed, vec![]);
    super::settings::publish(&stores, &there, kind, "there").await;
    assert_eq!(settings.active(&here, kind).await.unwrap(), Some(mine));
}

/// Limits.
pub async fn rates_are_separate(stores: Stores) {
    let key = digest();
    let window = Duration::from_secs(60);
    for tenant in [tenant(), tenant()] {
        let taken = stores.rates.take(&tenant, &key, 1, window, NOW).await;
        assert_eq!(taken.unwrap(), Rate::Allowed);
    }
}

/// The outbox.
pub async fn outboxes_are_separate(stores: Stores) {
    let (here, there) = (tenant(), tenant());
    let lease = Duration::from_secs(30);
    let item = super::outbox::item("mail");
    let id = stores.outbox.enqueue(&here, item).await.unwrap();
    let leased = stores.outbox.lease(&there, 10, lease, NOW).await.unwrap();
    assert_eq!(leased, []);
    assert!(!stores.outbox.complete(&there, id).await.unwrap());
    assert!(stores.outbox.complete(&here, id).await.unwrap());
}

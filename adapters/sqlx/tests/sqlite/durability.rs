use std::sync::Arc;
use std::time::Duration;

use ciam_core::audit::{AuditEvent, AuditSink as _, Outcome};
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::store::{
    Consumed, Inserted, Kind, OutboxItem, Published, RevokeSelector, StateStore as _, Stores,
    VaultEntry, VaultPut,
};

use crate::samples::{NOW, folder, number, open, record, tenant};

#[tokio::test]
async fn state_is_there_after_reopening() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let tenant = tenant();
    let (live, used, revoked) = (
        record(Kind::RefreshToken),
        record(Kind::Code),
        record(Kind::RefreshToken),
    );
    let grant = |record: &ciam_core::store::Record| record.binding.as_ref().unwrap().grant;

    let store = open(&path).await;
    for record in [&live, &used, &revoked] {
        let inserted = store.insert(&tenant, record.clone(), NOW).await.unwrap();
        assert_eq!(inserted, Inserted::Ok);
    }
    let consumed = store.consume(&tenant, used.kind, &used.key, NOW).await;
    assert_eq!(consumed.unwrap(), Consumed::Fresh(used.clone()));
    let what = RevokeSelector::Grant(grant(&revoked));
    assert_eq!(store.revoke(&tenant, &what, NOW).await.unwrap(), 1);
    let once = async |store: &ciam_sqlx::SqliteStore| {
        let until = NOW + Duration::from_secs(60);
        let first = store.insert_once(&tenant, "jti", &[7; 32], until, NOW);
        first.await.unwrap()
    };
    assert!(once(&store).await);
    store.close().await;

    let store = open(&path).await;
    let found = store.get(&tenant, live.kind, &live.key, NOW).await;
    assert_eq!(found.unwrap(), Some(live));
    let grant = Some(grant(&used));
    let consumed = store.consume(&tenant, used.kind, &used.key, NOW).await;
    assert_eq!(consumed.unwrap(), Consumed::Replayed { grant });
    let found = store.get(&tenant, revoked.kind, &revoked.key, NOW).await;
    assert_eq!(found.unwrap(), None);
    assert!(!once(&store).await);
    store.close().await;
}

#[tokio::test]
async fn what_was_answered_is_there_without_a_clean_end() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let (tenant, record) = (tenant(), record(Kind::Code));
    let store = open(&path).await;
    let inserted = store.insert(&tenant, record.clone(), NOW).await.unwrap();
    assert_eq!(inserted, Inserted::Ok);
    let consumed = store.consume(&tenant, record.kind, &record.key, NOW).await;
    assert_eq!(consumed.unwrap(), Consumed::Fresh(record.clone()));

    // The files as a killed program leaves them: the log is not folded in.
    let copy = folder.path().join("copy.db");
    for suffix in ["", "-wal"] {
        let from = folder.path().join(format!("ciam.db{suffix}"));
        let to = folder.path().join(format!("copy.db{suffix}"));
        std::fs::copy(from, to).unwrap();
    }
    let reopened = open(&copy).await;
    let consumed = reopened.consume(&tenant, record.kind, &record.key, NOW);
    assert!(matches!(consumed.await.unwrap(), Consumed::Replayed { .. }));
    reopened.close().await;
    store.close().await;
}

#[tokio::test]
async fn settings_keys_vault_and_messages_are_there_after_reopening() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let tenant = tenant();
    let entry = VaultEntry {
        domain: "national_id".to_owned(),
        lookup: [1; 32],
        surrogate: "surrogate".to_owned(),
        sealed: vec![2; 40],
        created_at: NOW,
    };
    let message = OutboxItem {
        id: 0,
        kind: "mail".to_owned(),
        payload: vec![3],
        due_at: NOW,
        attempts: 0,
    };

    let store = open(&path).await;
    let stores = Stores::from_one(Arc::new(store.clone()));
    let kind = SettingsKind::SignIn;
    let body = "{}".to_owned();
    let published = stores
        .settings
        .publish(&tenant, kind, Revision(0), body, NOW);
    assert_eq!(published.await.unwrap(), Published::Published(Revision(1)));
    assert!(stores.keys.replace_keys(&tenant, 0, vec![]).await.unwrap());
    let put = stores.vault.put(&tenant, entry.clone()).await.unwrap();
    assert_eq!(put, VaultPut::Stored);
    let id = stores.outbox.enqueue(&tenant, message).await.unwrap();
    store.close().await;

    let store = open(&path).await;
    let stores = Stores::from_one(Arc::new(store.clone()));
    let active = stores.settings.active(&tenant, kind).await.unwrap();
    assert_eq!(
        active.map(|d| (d.revision, d.body)),
        Some((Revision(1), "{}".to_owned()))
    );
    assert_eq!(stores.keys.keys(&tenant).await.unwrap().generation, 1);
    let found = stores
        .vault
        .by_surrogate(&tenant, "national_id", "surrogate");
    assert_eq!(found.await.unwrap(), Some(entry));
    let lease = Duration::from_secs(30);
    let leased = stores.outbox.lease(&tenant, 9, lease, NOW).await.unwrap();
    assert_eq!(leased.iter().map(|m| m.id).collect::<Vec<_>>(), [id]);
    store.close().await;
}

#[tokio::test]
async fn audit_events_are_kept_in_order() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let store = open(&path).await;
    let event = AuditEvent {
        at: NOW,
        tenant: tenant(),
        kind: "code.replayed",
        outcome: Outcome::Refused,
        client: Some("shop".to_owned()),
        subject: None,
        reason: None,
        correlation: None,
    };
    store.append(&[event.clone(), event.clone()]).await.unwrap();
    store.append(&[event]).await.unwrap();
    store.close().await;
    let kept = "SELECT count(*) FROM ciam_audit WHERE kind = 'code.replayed'
                AND outcome = 'refused' AND client = 'shop' AND subject IS NULL";
    assert_eq!(number(&path, kept).await, 3);
}

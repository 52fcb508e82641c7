//! Two stores on one file, as two processes have them: each with its own connections.

use std::sync::Arc;
use std::time::Duration;

use ciam_core::StoreError;
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::store::{
    Consumed, Inserted, Kind, Published, RevokeSelector, Rotated, SettingsStore as _,
    StateStore as _, Successor,
};
use ciam_sqlx::{SqliteOptions, SqliteStore};
use sqlx::Connection as _;
use tokio::sync::Barrier;

use crate::samples::{NOW, folder, open, raw, record, tenant};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_consumers_over_two_stores_wins() {
    let folder = folder();
    let stores = two(folder.path()).await;
    for _ in 0..5 {
        let (tenant, record) = (tenant(), record(Kind::Code));
        let inserted = stores[0].insert(&tenant, record.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
        let key = record.key;
        let results = race(&stores, |store| async move {
            store.consume(&tenant, Kind::Code, &key, NOW).await.unwrap()
        })
        .await;
        let fresh = Consumed::Fresh(record);
        assert_eq!(results.iter().filter(|r| **r == fresh).count(), 1);
        let replayed = |r: &&Consumed| matches!(r, Consumed::Replayed { .. });
        assert_eq!(results.iter().filter(replayed).count(), 63);
    }
    close(stores).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_64_rotations_over_two_stores_wins() {
    let folder = folder();
    let stores = two(folder.path()).await;
    let (tenant, old) = (tenant(), record(Kind::RefreshToken));
    let inserted = stores[0].insert(&tenant, old.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
    let results = race(&stores, |store| {
        let mut next = record(Kind::RefreshToken);
        next.key.route = old.key.route;
        next.binding.clone_from(&old.binding);
        let next = Successor {
            sealed: next.key.digest.to_vec(),
            record: next,
        };
        let (kind, key, grace) = (old.kind, old.key, Duration::from_secs(10));
        async move {
            let rotated = store.rotate(&tenant, kind, &key, next, grace, NOW);
            rotated.await.unwrap()
        }
    })
    .await;
    let won = |r: &&Rotated| **r == Rotated::Rotated;
    assert_eq!(results.iter().filter(won).count(), 1);
    let mut successors: Vec<_> = results
        .into_iter()
        .filter(|r| *r != Rotated::Rotated)
        .collect();
    assert_eq!(successors.len(), 63);
    successors.dedup();
    assert!(matches!(successors[..], [Rotated::InGrace { .. }]));
    close(stores).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_change_by_one_is_seen_by_the_other_at_once() {
    let folder = folder();
    let stores = two(folder.path()).await;
    let (tenant, record) = (tenant(), record(Kind::RefreshToken));
    let inserted = stores[0].insert(&tenant, record.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
    let get = || stores[1].get(&tenant, record.kind, &record.key, NOW);
    assert_eq!(get().await.unwrap(), Some(record.clone()));
    let what = RevokeSelector::Client("shop".parse().unwrap());
    assert_eq!(stores[0].revoke(&tenant, &what, NOW).await.unwrap(), 1);
    assert_eq!(get().await.unwrap(), None);

    let kind = SettingsKind::SignIn;
    let mut active = Revision(0);
    for turn in 0..4 {
        let body = turn.to_string();
        let writer = &stores[turn % 2];
        match writer
            .publish(&tenant, kind, active, body, NOW)
            .await
            .unwrap()
        {
            Published::Published(revision) => active = revision,
            Published::Conflict(revision) => panic!("{revision:?} came first"),
        }
        let reader = &stores[(turn + 1) % 2];
        let changed = reader.changed_since(&tenant, Revision(0)).await.unwrap();
        assert_eq!(changed, [(kind, active)]);
    }
    close(stores).await;
}

#[tokio::test]
async fn a_file_that_stays_locked_is_unavailable_for_changes_alone() {
    let folder = folder();
    let path = folder.path().join("ciam.db");
    let options = SqliteOptions::new(&path).with_timeout(Duration::from_millis(20));
    let store = SqliteStore::open_with(options).await.unwrap();
    let (tenant, record) = (tenant(), record(Kind::Code));
    let inserted = store.insert(&tenant, record.clone(), NOW).await.unwrap();
    assert_eq!(inserted, Inserted::Ok);

    let mut other = raw(&path).await;
    let lock = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let consume = || store.consume(&tenant, record.kind, &record.key, NOW);
    assert!(matches!(consume().await, Err(StoreError::Unavailable(_))));
    let inserted = store.insert(&tenant, record.clone(), NOW).await;
    assert!(matches!(inserted, Err(StoreError::Unavailable(_))));
    let found = store.get(&tenant, record.kind, &record.key, NOW).await;
    assert_eq!(found.unwrap(), Some(record.clone()));

    lock.rollback().await.unwrap();
    assert_eq!(consume().await.unwrap(), Consumed::Fresh(record.clone()));
    other.close().await.unwrap();
    store.close().await;
}

async fn two(folder: &std::path::Path) -> [SqliteStore; 2] {
    let path = folder.join("ciam.db");
    [open(&path).await, open(&path).await]
}

async fn close(stores: [SqliteStore; 2]) {
    for store in stores {
        store.close().await;
    }
}

/// 64 tasks at the same moment, in turn on one store and the other.
async fn race<T, F>(stores: &[SqliteStore; 2], task: impl Fn(SqliteStore) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(64));
    let tasks: Vec<_> = (0..64)
        .map(|number| {
            let work = task(stores[number % 2].clone());
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut results = Vec::new();
    for task in tasks {
        results.push(task.await.unwrap());
    }
    results
}

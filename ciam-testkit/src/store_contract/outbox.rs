//! [`ciam_core::store::Outbox`].

use std::collections::BTreeSet;
use std::time::Duration;

use ciam_core::store::OutboxItem;
use ciam_core::{Stores, TenantId, Timestamp};

use super::samples::{NOW, race, tenant};

const LEASE: Duration = Duration::from_secs(30);

/// A message is leased to one, comes back when the lease ends, and is gone when completed.
pub async fn a_message_is_leased_until_completed(stores: Stores) {
    let tenant = tenant();
    let mut wanted = item("mail");
    wanted.id = stores
        .outbox
        .enqueue(&tenant, wanted.clone())
        .await
        .unwrap();

    for attempt in 1..=3 {
        let at = NOW + LEASE * (attempt - 1);
        (wanted.attempts, wanted.due_at) = (attempt, at + LEASE);
        assert_eq!(lease(&stores, &tenant, 10, at).await, [wanted.clone()]);
        let last = at + LEASE - Duration::from_millis(1);
        assert_eq!(lease(&stores, &tenant, 10, last).await, []);
    }
    assert!(stores.outbox.complete(&tenant, wanted.id).await.unwrap());
    assert!(!stores.outbox.complete(&tenant, wanted.id).await.unwrap());
    assert_eq!(lease(&stores, &tenant, 10, Timestamp::MAX).await, []);
}

/// Messages that are not due wait; no more than `limit` are given.
pub async fn a_lease_is_due_and_bounded(stores: Stores) {
    let tenant = tenant();
    for second in 0..10 {
        let mut item = item("mail");
        item.due_at = NOW + Duration::from_secs(second);
        stores.outbox.enqueue(&tenant, item).await.unwrap();
    }
    let due = NOW + Duration::from_secs(4);
    assert_eq!(lease(&stores, &tenant, 3, due).await.len(), 3);
    assert_eq!(lease(&stores, &tenant, 3, due).await.len(), 2);
    assert_eq!(lease(&stores, &tenant, 3, due).await.len(), 0);
}

/// Of 64 workers that lease one each, no two get the same message.
pub async fn racing_workers_share_no_message(stores: Stores) {
    let tenant = tenant();
    let mut wanted = BTreeSet::new();
    for _ in 0..40 {
        let id = stores.outbox.enqueue(&tenant, item("mail")).await.unwrap();
        assert!(wanted.insert(id), "a number is given once");
    }
    let results = race(|_| {
        let outbox = stores.outbox.clone();
        async move { outbox.lease(&tenant, 1, LEASE, NOW).await.unwrap() }
    })
    .await;
    let leased: Vec<u64> = results.into_iter().flatten().map(|item| item.id).collect();
    assert_eq!(leased.len(), 40);
    assert_eq!(leased.into_iter().collect::<BTreeSet<_>>(), wanted);
}

async fn lease(stores: &Stores, tenant: &TenantId, limit: u32, now: Timestamp) -> Vec<OutboxItem> {
    let leased = stores.outbox.lease(tenant, limit, LEASE, now).await;
    leased.unwrap()
}

pub(super) fn item(kind: &str) -> OutboxItem {
    OutboxItem {
        id: 0,
        kind: kind.to_owned(),
        payload: (0..=u8::MAX).collect(),
        due_at: NOW,
        attempts: 0,
    }
}

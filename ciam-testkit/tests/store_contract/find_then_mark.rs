//! A store as they are usually written: it looks, then it marks. The suite must notice.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ciam_core::crypto::Digest;
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{
    Consumed, Inserted, Key, Kind, Record, RevokeSelector, Rotated, StateStore, Successor,
};
use ciam_core::{StoreError, Stores, TenantId, Timestamp};
use ciam_testkit::store_contract::{lifetime, revocation, run, single_use};

/// Every answer is made of two steps of a correct store.
struct FindThenMark(MemoryStore);

fn stores() -> Stores {
    let store = MemoryStore::new();
    store.set_delay(Duration::from_millis(5));
    let wrong = FindThenMark(store);
    Stores {
        state: Arc::new(wrong),
        ..Stores::from_one(Arc::new(MemoryStore::new()))
    }
}

/// Whether the check fails on the wrong store.
fn is_noticed<C: Future<Output = ()>>(check: impl FnOnce(Stores) -> C + Send + 'static) -> bool {
    let result = std::thread::spawn(|| run(async { stores() }, check)).join();
    result.is_err()
}

#[test]
fn a_race_for_a_code_is_noticed() {
    assert!(is_noticed(single_use::consume_has_one_winner));
}

#[test]
fn a_race_for_a_refresh_token_is_noticed() {
    assert!(is_noticed(
        single_use::rotate_has_one_winner_and_one_successor
    ));
}

#[test]
fn a_race_for_a_key_is_noticed() {
    assert!(is_noticed(single_use::insert_has_one_winner));
}

#[test]
fn a_race_for_a_version_is_noticed() {
    assert!(is_noticed(single_use::update_has_one_winner));
}

#[test]
fn a_race_for_a_digest_is_noticed() {
    assert!(is_noticed(single_use::insert_once_has_one_winner));
}

#[test]
fn a_missing_tombstone_is_noticed() {
    assert!(is_noticed(lifetime::consumed_is_replayed_until_forgotten));
}

#[test]
fn a_missing_grace_is_noticed() {
    assert!(is_noticed(
        lifetime::rotation_grace_gives_the_same_successor
    ));
}

#[test]
fn a_birth_after_revocation_is_noticed() {
    assert!(is_noticed(
        revocation::a_grant_revoked_before_its_first_record_stays_dead
    ));
}

#[async_trait]
impl StateStore for FindThenMark {
    async fn insert(
        &self,
        tenant: &TenantId,
        mut record: Record,
        now: Timestamp,
    ) -> Result<Inserted, StoreError> {
        if self
            .get(tenant, record.kind, &record.key, now)
            .await?
            .is_some()
        {
            return Ok(Inserted::Conflict);
        }
        // Overwrites, and knows nothing of grants.
        record.binding = None;
        let _conflict = self.0.insert(tenant, record, now).await?;
        Ok(Inserted::Ok)
    }

    async fn get(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        self.0.get(tenant, kind, key, now).await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Consumed, StoreError> {
        let Some(record) = self.get(tenant, kind, key, now).await? else {
            return Ok(Consumed::Missing);
        };
        let _replayed = self.0.consume(tenant, kind, key, now).await?;
        Ok(Consumed::Fresh(record))
    }

    async fn rotate(
        &self,
        tenant: &TenantId,
        kind: Kind,
        old: &Key,
        next: Successor,
        _grace: Duration,
        now: Timestamp,
    ) -> Result<Rotated, StoreError> {
        let Consumed::Fresh(_) = self.consume(tenant, kind, old, now).await? else {
            return Ok(Rotated::Missing);
        };
        let _inserted = self.insert(tenant, next.record, now).await?;
        Ok(Rotated::Rotated)
    }

    async fn update(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        version: u64,
        payload: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let found = self.get(tenant, kind, key, now).await?;
        if found.is_none_or(|record| record.version != version) {
            return Ok(false);
        }
        let _changed = self
            .0
            .update(tenant, kind, key, version, payload, now)
            .await?;
        Ok(true)
    }

    async fn insert_once(
        &self,
        tenant: &TenantId,
        namespace: &str,
        digest: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // Looks with an entry that has ended already, then marks.
        let known = !self
            .0
            .insert_once(tenant, namespace, digest, now, now)
            .await?;
        let _first = self
            .0
            .insert_once(tenant, namespace, digest, expires_at, now)
            .await?;
        Ok(!known)
    }

    async fn revoke(
        &self,
        tenant: &TenantId,
        what: &RevokeSelector,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.0.revoke(tenant, what, now).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.purge(now, limit).await
    }
}

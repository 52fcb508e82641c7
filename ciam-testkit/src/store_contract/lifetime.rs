//! How long records live, are remembered, and when they are removed.

use std::time::Duration;

use ciam_core::store::{Consumed, Inserted, Kind, Record, RevokeSelector, Rotated};
use ciam_core::{Stores, TenantId, Timestamp};

use super::samples::{GRACE, MEMORY, NOW, TTL, binding, bound, digest, record, successor, tenant};

const TICK: Duration = Duration::from_millis(1);

/// A record comes back as it was put in.
pub async fn a_record_comes_back_whole(stores: Stores) {
    let tenant = tenant();
    let mut alone = binding();
    (alone.subject, alone.session) = (None, None);
    for record in [
        record(Kind::Interaction),
        bound(Kind::Code, &binding()),
        bound(Kind::RefreshToken, &alone),
    ] {
        insert(&stores, &tenant, &record).await;
        let stored = stores.state.get(&tenant, record.kind, &record.key, NOW);
        assert_eq!(stored.await.unwrap(), Some(record));
    }
}

/// 64 KiB of payload, with every byte, go in and out, by every way.
pub async fn a_payload_of_64_kib_fits(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let payload: Vec<u8> = (0..=u8::MAX).cycle().take(64 * 1024).collect();
    let mut old = bound(Kind::RefreshToken, &binding);
    old.payload.clone_from(&payload);
    insert(&stores, &tenant, &old).await;
    let read = stores.state.get(&tenant, old.kind, &old.key, NOW).await;
    assert_eq!(read.unwrap(), Some(old.clone()));

    let turned: Vec<u8> = payload.iter().rev().copied().collect();
    let updated = stores
        .state
        .update(&tenant, old.kind, &old.key, 0, turned.clone(), NOW);
    assert!(updated.await.unwrap());
    let read = stores.state.get(&tenant, old.kind, &old.key, NOW).await;
    assert_eq!(read.unwrap().map(|r| r.payload), Some(turned));

    let mut next = successor(&binding, &payload);
    next.record.payload.clone_from(&payload);
    let next_key = next.record.key;
    let rotated = stores
        .state
        .rotate(&tenant, old.kind, &old.key, next.clone(), GRACE, NOW);
    assert_eq!(rotated.await.unwrap(), Rotated::Rotated);
    let again = stores
        .state
        .rotate(&tenant, old.kind, &old.key, next, GRACE, NOW);
    assert_eq!(
        again.await.unwrap(),
        Rotated::InGrace {
            sealed: payload.clone()
        }
    );
    match stores
        .state
        .consume(&tenant, old.kind, &next_key, NOW)
        .await
        .unwrap()
    {
        Consumed::Fresh(record) => assert_eq!(record.payload, payload),
        other => panic!("{other:?}"),
    }
}

/// Keys are bytes: all zero, all ones, with blanks and quotes, and they are told apart.
pub async fn keys_are_any_bytes(stores: Stores) {
    let tenant = tenant();
    let odd: [u8; 7] = [0, 0xff, b' ', b'\'', b'"', b'%', b':'];
    let mut records = Vec::new();
    for route in odd {
        for secret in odd {
            let mut record = record(Kind::Code);
            record.key.route.0 = [route; 16];
            record.key.digest = [secret; 32];
            record.payload = vec![route, secret];
            insert(&stores, &tenant, &record).await;
            records.push(record);
        }
    }
    for record in records {
        let consumed = stores.state.consume(&tenant, Kind::Code, &record.key, NOW);
        assert_eq!(consumed.await.unwrap(), Consumed::Fresh(record));
    }
}

/// At `expires_at` a record is missing, whether or not its row is still there.
pub async fn an_expired_record_does_not_exist(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let record = bound(Kind::RefreshToken, &binding);
    let (state, kind, key) = (&stores.state, record.kind, record.key);
    insert(&stores, &tenant, &record).await;

    let last = NOW + TTL - TICK;
    assert!(
        state
            .get(&tenant, kind, &key, last)
            .await
            .unwrap()
            .is_some()
    );
    let end = NOW + TTL;
    assert_eq!(state.get(&tenant, kind, &key, end).await.unwrap(), None);
    let updated = state.update(&tenant, kind, &key, 0, vec![1], end).await;
    assert!(!updated.unwrap());
    let next = successor(&binding, b"sealed");
    let rotated = state.rotate(&tenant, kind, &key, next, GRACE, end).await;
    assert_eq!(rotated.unwrap(), Rotated::Missing);
    let consumed = state.consume(&tenant, kind, &key, end).await;
    assert_eq!(consumed.unwrap(), Consumed::Missing);
    // Nothing of that used it up.
    let consumed = state.consume(&tenant, kind, &key, last).await;
    assert_eq!(consumed.unwrap(), Consumed::Fresh(record));
}

/// A consumed record is remembered until `remembered_until`, then missing.
pub async fn consumed_is_replayed_until_forgotten(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let record = bound(Kind::Code, &binding);
    insert(&stores, &tenant, &record).await;
    let consume = async |at| {
        let consumed = stores.state.consume(&tenant, Kind::Code, &record.key, at);
        consumed.await.unwrap()
    };
    assert_eq!(consume(NOW).await, Consumed::Fresh(record.clone()));
    let replayed = Consumed::Replayed {
        grant: Some(binding.grant),
    };
    for at in [NOW, NOW + TTL, NOW + MEMORY - TICK] {
        assert_eq!(consume(at).await, replayed);
    }
    assert_eq!(consume(NOW + MEMORY).await, Consumed::Missing);
}

/// A consumed record without a grant is a replay without a grant.
pub async fn a_replay_without_a_grant_names_none(stores: Stores) {
    let tenant = tenant();
    let record = record(Kind::Transaction);
    insert(&stores, &tenant, &record).await;
    let consume = || stores.state.consume(&tenant, record.kind, &record.key, NOW);
    assert_eq!(consume().await.unwrap(), Consumed::Fresh(record.clone()));
    let replayed = consume().await.unwrap();
    assert_eq!(replayed, Consumed::Replayed { grant: None });
}

/// Within the grace the same sealed successor, after it a replay, after that nothing.
pub async fn rotation_grace_gives_the_same_successor(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let old = bound(Kind::RefreshToken, &binding);
    insert(&stores, &tenant, &old).await;
    let rotate = async |sealed: &[u8], at| {
        let next = successor(&binding, sealed);
        let rotated = stores
            .state
            .rotate(&tenant, Kind::RefreshToken, &old.key, next, GRACE, at);
        rotated.await.unwrap()
    };
    assert_eq!(rotate(b"first", NOW).await, Rotated::Rotated);
    let in_grace = Rotated::InGrace {
        sealed: b"first".to_vec(),
    };
    for at in [NOW, NOW + GRACE - TICK] {
        assert_eq!(rotate(b"other", at).await, in_grace);
    }
    let replayed = Rotated::Replayed {
        grant: Some(binding.grant),
    };
    for at in [NOW + GRACE, NOW + TTL, NOW + MEMORY - TICK] {
        assert_eq!(rotate(b"other", at).await, replayed);
    }
    assert_eq!(rotate(b"other", NOW + MEMORY).await, Rotated::Missing);
}

/// Rotating a record that never was stores no successor.
pub async fn rotating_nothing_stores_nothing(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let next = successor(&binding, b"sealed");
    let (kind, key) = (Kind::RefreshToken, next.record.key);
    let unknown = record(kind).key;
    let rotated = stores
        .state
        .rotate(&tenant, kind, &unknown, next, GRACE, NOW);
    assert_eq!(rotated.await.unwrap(), Rotated::Missing);
    assert_eq!(
        stores.state.get(&tenant, kind, &key, NOW).await.unwrap(),
        None
    );
}

/// `update` changes payload and version, never the expiry.
pub async fn update_keeps_the_expiry(stores: Stores) {
    let tenant = tenant();
    let mut record = record(Kind::Interaction);
    let (kind, key) = (record.kind, record.key);
    insert(&stores, &tenant, &record).await;
    let updated = stores
        .state
        .update(&tenant, kind, &key, 0, b"new".to_vec(), NOW + TTL - TICK);
    assert!(updated.await.unwrap());
    (record.payload, record.version) = (b"new".to_vec(), 1);
    let stored = stores.state.get(&tenant, kind, &key, NOW).await.unwrap();
    assert_eq!(stored, Some(record));
    let later = stores.state.get(&tenant, kind, &key, NOW + TTL).await;
    assert_eq!(later.unwrap(), None);
}

/// `rotate` gives the successor its own expiry, and keeps that of the old one.
pub async fn rotate_keeps_the_expiry(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let old = bound(Kind::RefreshToken, &binding);
    insert(&stores, &tenant, &old).await;
    let mut next = successor(&binding, b"sealed");
    next.record.expires_at = NOW + TTL + TTL;
    let wanted = next.record.clone();
    let rotated = stores
        .state
        .rotate(&tenant, old.kind, &old.key, next, GRACE, NOW);
    assert_eq!(rotated.await.unwrap(), Rotated::Rotated);
    let get = async |at| {
        let stored = stores.state.get(&tenant, old.kind, &wanted.key, at);
        stored.await.unwrap()
    };
    assert_eq!(get(NOW + TTL).await, Some(wanted.clone()));
    assert_eq!(get(NOW + TTL + TTL).await, None);
}

/// `update` with a version that is not the stored one changes nothing.
pub async fn update_refuses_another_version(stores: Stores) {
    let tenant = tenant();
    let record = record(Kind::Interaction);
    insert(&stores, &tenant, &record).await;
    for version in [1, 7, u64::MAX] {
        let updated = stores
            .state
            .update(&tenant, record.kind, &record.key, version, vec![], NOW);
        assert!(!updated.await.unwrap());
    }
    let stored = stores.state.get(&tenant, record.kind, &record.key, NOW);
    assert_eq!(stored.await.unwrap(), Some(record));
}

/// `purge` removes at most `limit` rows a call, and comes to an end.
pub async fn purge_is_bounded(stores: Stores) {
    let tenant = tenant();
    for _ in 0..25 {
        insert(&stores, &tenant, &record(Kind::Code)).await;
        let jti = digest();
        let first = stores
            .state
            .insert_once(&tenant, "jti", &jti, NOW + TTL, NOW);
        assert!(first.await.unwrap());
    }
    let mut total = 0;
    loop {
        let removed = stores.state.purge(NOW + MEMORY, 10).await.unwrap();
        assert!(removed <= 10, "{removed} rows in one call");
        total += removed;
        if removed == 0 {
            break;
        }
    }
    assert_eq!(total, 50);
}

/// `purge` leaves live records, remembered ones, used digests and revoked grants.
pub async fn purge_keeps_what_is_needed(stores: Stores) {
    let tenant = tenant();
    let (live, used, jti) = (record(Kind::Code), record(Kind::Code), digest());
    let revoked = binding();
    for record in [&live, &used, &bound(Kind::Code, &revoked)] {
        insert(&stores, &tenant, record).await;
    }
    let consumed = stores.state.consume(&tenant, used.kind, &used.key, NOW);
    assert_eq!(consumed.await.unwrap(), Consumed::Fresh(used.clone()));
    let once = async |at| {
        let first = stores
            .state
            .insert_once(&tenant, "jti", &jti, NOW + TTL, at);
        first.await.unwrap()
    };
    assert!(once(NOW).await);
    let what = RevokeSelector::Grant(revoked.grant);
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 1);

    assert_eq!(
        stores.state.purge(NOW + TTL - TICK, 1_000).await.unwrap(),
        0
    );
    let stored = stores.state.get(&tenant, live.kind, &live.key, NOW).await;
    assert_eq!(stored.unwrap(), Some(live));
    assert!(!once(NOW + TTL - TICK).await);

    purge_all(&stores, NOW + MEMORY - TICK).await;
    let replay = stores
        .state
        .consume(&tenant, used.kind, &used.key, NOW + MEMORY - TICK);
    assert_eq!(replay.await.unwrap(), Consumed::Replayed { grant: None });

    // Work that began before the revocation may come late.
    purge_all(&stores, NOW + MEMORY).await;
    let late = bound(Kind::RefreshToken, &revoked);
    let inserted = stores.state.insert(&tenant, late, NOW + MEMORY).await;
    assert_eq!(inserted.unwrap(), Inserted::Revoked);
}

/// A key is free again only after its row was purged.
pub async fn an_expired_record_keeps_its_key_until_purged(stores: Stores) {
    let tenant = tenant();
    let mut record = record(Kind::Code);
    insert(&stores, &tenant, &record).await;
    let at = NOW + MEMORY;
    (record.expires_at, record.remembered_until) = (at + TTL, at + MEMORY);
    let inserted = stores.state.insert(&tenant, record.clone(), at).await;
    assert_eq!(inserted.unwrap(), Inserted::Conflict);
    purge_all(&stores, at).await;
    let inserted = stores.state.insert(&tenant, record, at).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
}

async fn insert(stores: &Stores, tenant: &TenantId, record: &Record) {
    let inserted = stores.state.insert(tenant, record.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
}

async fn purge_all(stores: &Stores, now: Timestamp) {
    while stores.state.purge(now, 1_000).await.unwrap() > 0 {}
}

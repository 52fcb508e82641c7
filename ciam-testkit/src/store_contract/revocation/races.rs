//! Revocation while 64 tasks are at work on the grant.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ciam_core::Stores;
use ciam_core::store::{Binding, Consumed, Inserted, Kind, RevokeSelector, Rotated};

use super::{assert_dead, assert_unborn, family};
use crate::store_contract::samples::{
    GRACE, MEMORY, NOW, TASKS, TTL, binding, bound, count, race, successor, tenant,
};

/// Rotations that run while the grant is revoked leave nothing alive.
pub async fn revoke_against_rotate_leaves_nothing_alive(stores: Stores) {
    for number in 0..20 {
        let (tenant, binding) = (tenant(), binding());
        let what = selector(&binding, number);
        let old = bound(Kind::RefreshToken, &binding);
        let inserted = stores.state.insert(&tenant, old.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);

        let born = race(|number| {
            let state = stores.state.clone();
            let next = successor(&binding, b"sealed");
            let (key, next_key) = (old.key, next.record.key);
            let what = what.clone();
            async move {
                if number == 20 {
                    assert_eq!(state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
                } else {
                    // No grace: each either wins, or sees a replay or nothing.
                    let grace = Duration::ZERO;
                    let kind = Kind::RefreshToken;
                    let rotated = state.rotate(&tenant, kind, &key, next, grace, NOW);
                    let _one_of_them: Rotated = rotated.await.unwrap();
                }
                next_key
            }
        })
        .await;
        assert_dead(&stores, &tenant, &binding, &[old.key]).await;
        assert_unborn(&stores, &tenant, &born).await;
    }
}

/// Records that are inserted while the grant is revoked are not there afterwards.
pub async fn revoke_against_insert_leaves_nothing_alive(stores: Stores) {
    for number in 0..12 {
        let (tenant, binding) = (tenant(), binding());
        let what = selector(&binding, number);
        let keys = family(&stores, &tenant, &binding).await;
        let born = race(|number| {
            let state = stores.state.clone();
            let record = bound(Kind::RefreshToken, &binding);
            let what = what.clone();
            async move {
                if number == 20 {
                    assert_eq!(state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
                }
                let key = record.key;
                let inserted = state.insert(&tenant, record, NOW).await.unwrap();
                assert_ne!(inserted, Inserted::Conflict);
                key
            }
        })
        .await;
        assert_dead(&stores, &tenant, &binding, &keys).await;
        assert_unborn(&stores, &tenant, &born).await;
    }
}

/// A consumption that begins after `revoke` returned finds nothing; one before it
/// leaves no trace of the record.
pub async fn revoke_against_consume_leaves_nothing_alive(stores: Stores) {
    for number in 0..12 {
        let (tenant, binding) = (tenant(), binding());
        let what = selector(&binding, number);
        let keys = family(&stores, &tenant, &binding).await;
        let revoked = Arc::new(AtomicBool::new(false));
        let fresh = race(|number| {
            let (state, revoked) = (stores.state.clone(), revoked.clone());
            let (what, key) = (what.clone(), keys[number % keys.len()]);
            async move {
                if number == 20 {
                    assert_eq!(state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
                    revoked.store(true, Ordering::SeqCst);
                    return false;
                }
                let late = revoked.load(Ordering::SeqCst);
                let consumed = state.consume(&tenant, Kind::RefreshToken, &key, NOW);
                let consumed = consumed.await.unwrap();
                assert!(!late || consumed == Consumed::Missing, "{consumed:?}");
                matches!(consumed, Consumed::Fresh(_))
            }
        })
        .await;
        assert!(count(&fresh, |fresh| *fresh) <= keys.len());
        assert_dead(&stores, &tenant, &binding, &keys).await;
    }
}

/// Nothing is changed after `revoke` returned, and what was changed before is gone too.
pub async fn revoke_against_update_leaves_nothing_alive(stores: Stores) {
    for number in 0..12 {
        let (tenant, binding) = (tenant(), binding());
        let what = selector(&binding, number);
        let keys = family(&stores, &tenant, &binding).await;
        let revoked = Arc::new(AtomicBool::new(false));
        race(|number| {
            let (state, revoked) = (stores.state.clone(), revoked.clone());
            let (what, key) = (what.clone(), keys[number % keys.len()]);
            let version = u64::try_from(number / keys.len() % 4).expect("a small number");
            async move {
                if number == 20 {
                    assert_eq!(state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
                    revoked.store(true, Ordering::SeqCst);
                    return;
                }
                let late = revoked.load(Ordering::SeqCst);
                let kind = Kind::RefreshToken;
                let updated = state.update(&tenant, kind, &key, version, vec![1], NOW);
                let updated = updated.await.unwrap();
                assert!(!late || !updated, "updated after the revocation");
            }
        })
        .await;
        assert_dead(&stores, &tenant, &binding, &keys).await;
    }
}

/// A node whose clock is ahead purges the old token while others rotate it: there is
/// at most one successor, and while it lives its grant can still be revoked.
pub async fn purge_against_rotate_loses_no_grant(stores: Stores) {
    for number in 0..12 {
        let (tenant, binding) = (tenant(), binding());
        let what = selector(&binding, number);
        let mut old = bound(Kind::RefreshToken, &binding);
        old.remembered_until = old.expires_at;
        let inserted = stores.state.insert(&tenant, old.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
        let purger = number * 5;
        let results = race(|number| {
            let (state, key) = (stores.state.clone(), old.key);
            let mut next = successor(&binding, b"sealed");
            next.record.expires_at = NOW + MEMORY;
            next.record.remembered_until = NOW + MEMORY;
            let next_key = next.record.key;
            async move {
                if number == purger {
                    let _removed = state.purge(NOW + TTL, 1_000).await.unwrap();
                    return (next_key, Rotated::Missing);
                }
                let kind = Kind::RefreshToken;
                let rotated = state.rotate(&tenant, kind, &key, next, GRACE, NOW).await;
                (next_key, rotated.unwrap())
            }
        })
        .await;
        let won = |(_, rotated): &&(_, Rotated)| *rotated == Rotated::Rotated;
        let winners: Vec<_> = results.iter().filter(won).collect();
        assert!(winners.len() <= 1, "{} of {TASKS} won", winners.len());
        let expected = u64::try_from(winners.len()).expect("one at most");
        for (key, _) in &winners {
            let stored = stores.state.get(&tenant, Kind::RefreshToken, key, NOW);
            assert!(stored.await.unwrap().is_some());
        }
        // Where nobody won, the grant may be there still or be purged.
        let revoked = stores.state.revoke(&tenant, &what, NOW).await.unwrap();
        assert!(revoked >= expected && revoked <= 1, "{revoked}");
        let born: Vec<_> = results.iter().map(|(key, _)| *key).collect();
        assert_unborn(&stores, &tenant, &born).await;
    }
}

/// Each way to name the grant in turn.
fn selector(binding: &Binding, number: usize) -> RevokeSelector {
    match number % 4 {
        0 => RevokeSelector::Grant(binding.grant),
        1 => RevokeSelector::Subject(binding.subject.expect("a subject")),
        2 => RevokeSelector::Session(binding.session.expect("a session")),
        _ => RevokeSelector::Client(binding.client.clone()),
    }
}

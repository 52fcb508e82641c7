//! After `revoke` returned, nothing of the grant is born or answered.

use ciam_core::store::{Binding, Consumed, Inserted, Key, Kind, RevokeSelector, Rotated};
use ciam_core::{SessionId, Stores, SystemEntropy, TenantId};

use super::samples::{GRACE, MEMORY, NOW, binding, bound, client, subject, successor, tenant};

mod races;

pub use self::races::{
    purge_against_rotate_loses_no_grant, revoke_against_consume_leaves_nothing_alive,
    revoke_against_insert_leaves_nothing_alive, revoke_against_rotate_leaves_nothing_alive,
    revoke_against_update_leaves_nothing_alive,
};

/// Every primitive answers a revoked grant as if there were none.
pub async fn nothing_is_born_or_answered_after_revoke(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let keys = family(&stores, &tenant, &binding).await;
    let what = RevokeSelector::Grant(binding.grant);
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
    assert_dead(&stores, &tenant, &binding, &keys).await;
}

/// A second revocation finds nothing live and changes nothing.
pub async fn revoke_is_idempotent(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let keys = family(&stores, &tenant, &binding).await;
    for what in [
        RevokeSelector::Grant(binding.grant),
        RevokeSelector::Grant(binding.grant),
        RevokeSelector::Subject(binding.subject.unwrap()),
        RevokeSelector::Session(binding.session.unwrap()),
        RevokeSelector::Client(binding.client.clone()),
    ] {
        let revoked = stores.state.revoke(&tenant, &what, NOW).await.unwrap();
        let first = revoked == 1 && what == RevokeSelector::Grant(binding.grant);
        assert!(first || revoked == 0);
        assert_dead(&stores, &tenant, &binding, &keys).await;
    }
}

/// A grant that is revoked before its first record never gets one.
pub async fn a_grant_revoked_before_its_first_record_stays_dead(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let what = RevokeSelector::Grant(binding.grant);
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 0);
    assert_dead(&stores, &tenant, &binding, &[]).await;
}

/// A used record of a revoked grant is missing, not replayed, and not in grace.
pub async fn revoke_hides_tombstones(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let (code, old) = (
        bound(Kind::Code, &binding),
        bound(Kind::RefreshToken, &binding),
    );
    for record in [&code, &old] {
        let inserted = stores.state.insert(&tenant, record.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
    }
    let consume = || stores.state.consume(&tenant, Kind::Code, &code.key, NOW);
    assert_eq!(consume().await.unwrap(), Consumed::Fresh(code.clone()));
    let rotate = || {
        let next = successor(&binding, b"sealed");
        let kind = Kind::RefreshToken;
        stores
            .state
            .rotate(&tenant, kind, &old.key, next, GRACE, NOW)
    };
    assert_eq!(rotate().await.unwrap(), Rotated::Rotated);

    let what = RevokeSelector::Grant(binding.grant);
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 1);
    assert_eq!(consume().await.unwrap(), Consumed::Missing);
    assert_eq!(rotate().await.unwrap(), Rotated::Missing);
}

/// By subject: all grants of that person, to any client in any session, and no other.
pub async fn revoke_by_subject_finds_every_grant(stores: Stores) {
    let wanted = subject();
    check_selector(
        &stores,
        RevokeSelector::Subject(wanted),
        |binding, number| {
            binding.subject = Some(wanted);
            binding.client = client(&format!("client-{number}"));
            if number % 2 == 0 {
                binding.session = None;
            }
        },
    )
    .await;
}

/// By session: all grants made in it, and no other.
pub async fn revoke_by_session_finds_every_grant(stores: Stores) {
    let wanted = SessionId::generate(&SystemEntropy);
    check_selector(
        &stores,
        RevokeSelector::Session(wanted),
        |binding, number| {
            binding.session = Some(wanted);
            binding.client = client(&format!("client-{number}"));
        },
    )
    .await;
}

/// By client: all grants to it, of any person and of itself, and no other.
pub async fn revoke_by_client_finds_every_grant(stores: Stores) {
    let wanted = client("partner");
    check_selector(
        &stores,
        RevokeSelector::Client(wanted.clone()),
        |binding, number| {
            binding.client = wanted.clone();
            if number % 2 == 0 {
                (binding.subject, binding.session) = (None, None);
            }
        },
    )
    .await;
}

/// Selectors of one tenant do not reach into another.
pub async fn revoke_stays_in_its_tenant(stores: Stores) {
    let (here, there, binding) = (tenant(), tenant(), binding());
    let keys = family(&stores, &there, &binding).await;
    for what in [
        RevokeSelector::Grant(binding.grant),
        RevokeSelector::Subject(binding.subject.unwrap()),
        RevokeSelector::Session(binding.session.unwrap()),
        RevokeSelector::Client(binding.client.clone()),
    ] {
        assert_eq!(stores.state.revoke(&here, &what, NOW).await.unwrap(), 0);
    }
    assert_alive(&stores, &there, &keys).await;
}

/// A successor of another grant that is revoked is not born, and the token it should
/// have followed lives on.
pub async fn rotate_into_a_revoked_grant_stores_nothing(stores: Stores) {
    let (tenant, live, revoked) = (tenant(), binding(), binding());
    let (state, kind) = (&stores.state, Kind::RefreshToken);
    let old = bound(kind, &live);
    let inserted = state.insert(&tenant, old.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
    let keys = family(&stores, &tenant, &revoked).await;
    let what = RevokeSelector::Grant(revoked.grant);
    assert_eq!(state.revoke(&tenant, &what, NOW).await.unwrap(), 1);

    let next = successor(&revoked, b"sealed");
    let next_key = next.record.key;
    let rotated = state
        .rotate(&tenant, kind, &old.key, next, GRACE, NOW)
        .await;
    assert_eq!(rotated.unwrap(), Rotated::Missing);
    assert_unborn(&stores, &tenant, &[next_key]).await;
    assert_dead(&stores, &tenant, &revoked, &keys).await;
    let stored = state.get(&tenant, kind, &old.key, NOW).await;
    assert_eq!(stored.unwrap(), Some(old));
}

/// Makes eight grants that a selector must find and eight it must not, revokes, and looks at all.
async fn check_selector(stores: &Stores, what: RevokeSelector, fit: impl Fn(&mut Binding, usize)) {
    let tenant = tenant();
    let (mut hit, mut spared) = (Vec::new(), Vec::new());
    for number in 0..8 {
        let mut wanted = binding();
        fit(&mut wanted, number);
        let keys = family(stores, &tenant, &wanted).await;
        hit.push((wanted, keys));
        spared.push(family(stores, &tenant, &binding()).await);
    }
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 8);
    for (binding, keys) in &hit {
        assert_dead(stores, &tenant, binding, keys).await;
    }
    for keys in &spared {
        assert_alive(stores, &tenant, keys).await;
    }
    assert_eq!(stores.state.revoke(&tenant, &what, NOW).await.unwrap(), 0);

    // Work that began before the revocation may come after its records were purged.
    let late = NOW + MEMORY;
    while stores.state.purge(late, 1_000).await.unwrap() > 0 {}
    for (binding, _) in &hit {
        let newborn = bound(Kind::RefreshToken, binding);
        let inserted = stores.state.insert(&tenant, newborn, late).await;
        assert_eq!(inserted.unwrap(), Inserted::Revoked);
    }
}

/// Three refresh tokens of one grant.
async fn family(stores: &Stores, tenant: &TenantId, binding: &Binding) -> Vec<Key> {
    let mut keys = Vec::new();
    for _ in 0..3 {
        let record = bound(Kind::RefreshToken, binding);
        keys.push(record.key);
        let inserted = stores.state.insert(tenant, record, NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
    }
    keys
}

async fn assert_dead(stores: &Stores, tenant: &TenantId, binding: &Binding, keys: &[Key]) {
    let (state, kind) = (&stores.state, Kind::RefreshToken);
    for key in keys {
        assert_eq!(state.get(tenant, kind, key, NOW).await.unwrap(), None);
        let updated = state.update(tenant, kind, key, 0, vec![1], NOW).await;
        assert!(!updated.unwrap());
        let next = successor(binding, b"sealed");
        let next_key = next.record.key;
        let rotated = state.rotate(tenant, kind, key, next, GRACE, NOW).await;
        assert_eq!(rotated.unwrap(), Rotated::Missing);
        assert_eq!(state.get(tenant, kind, &next_key, NOW).await.unwrap(), None);
        let consumed = state.consume(tenant, kind, key, NOW).await;
        assert_eq!(consumed.unwrap(), Consumed::Missing);
    }
    let newborn = bound(kind, binding);
    let inserted = state.insert(tenant, newborn, NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Revoked);
}

async fn assert_unborn(stores: &Stores, tenant: &TenantId, keys: &[Key]) {
    for key in keys {
        let stored = stores.state.get(tenant, Kind::RefreshToken, key, NOW);
        assert_eq!(stored.await.unwrap(), None);
    }
}

async fn assert_alive(stores: &Stores, tenant: &TenantId, keys: &[Key]) {
    for key in keys {
        let stored = stores.state.get(tenant, Kind::RefreshToken, key, NOW);
        assert!(stored.await.unwrap().is_some());
    }
}

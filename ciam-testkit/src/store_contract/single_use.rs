//! One winner: each primitive of [`StateStore`](ciam_core::store::StateStore), raced by 64 tasks.

use ciam_core::store::{Consumed, Inserted, Kind, Rotated};
use ciam_core::{StoreError, Stores};

use super::samples::{
    GRACE, NOW, TASKS, TTL, binding, bound, count, digest, race, record, successor, tenant,
};

/// Of 64 tasks that consume one record, one gets it, and the others learn whose grant it was.
pub async fn consume_has_one_winner(stores: Stores) {
    for kind in Kind::ALL {
        let (tenant, binding) = (tenant(), binding());
        let record = bound(kind, &binding);
        let inserted = stores.state.insert(&tenant, record.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);

        let key = record.key;
        let results = race(|_| {
            let state = stores.state.clone();
            async move { state.consume(&tenant, kind, &key, NOW).await.unwrap() }
        })
        .await;

        assert_eq!(
            count(&results, |r| *r == Consumed::Fresh(record.clone())),
            1
        );
        let replayed = Consumed::Replayed {
            grant: Some(binding.grant),
        };
        assert_eq!(count(&results, |r| *r == replayed), TASKS - 1);
    }
}

/// Of 64 tasks that rotate one token, one stores its successor, and all others
/// are given that one within the grace.
pub async fn rotate_has_one_winner_and_one_successor(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let old = bound(Kind::RefreshToken, &binding);
    let inserted = stores.state.insert(&tenant, old.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);

    let results = race(|number| {
        let state = stores.state.clone();
        let next = successor(&binding, number.to_string().as_bytes());
        let (key, next_key) = (old.key, next.record.key);
        async move {
            let rotated = state.rotate(&tenant, Kind::RefreshToken, &key, next, GRACE, NOW);
            (number, next_key, rotated.await.unwrap())
        }
    })
    .await;

    let winners: Vec<_> = results
        .iter()
        .filter(|(_, _, result)| *result == Rotated::Rotated)
        .collect();
    assert_eq!(winners.len(), 1);
    let (winner, winner_key, _) = winners[0];
    let in_grace = Rotated::InGrace {
        sealed: winner.to_string().into_bytes(),
    };
    assert_eq!(count(&results, |(_, _, r)| *r == in_grace), TASKS - 1);
    for (_, key, _) in &results {
        let stored = stores.state.get(&tenant, Kind::RefreshToken, key, NOW);
        assert_eq!(stored.await.unwrap().is_some(), key == winner_key);
    }
}

/// Of 64 tasks that insert at one key, one does, and nobody overwrites it.
pub async fn insert_has_one_winner(stores: Stores) {
    let tenant = tenant();
    let first = record(Kind::Code);
    let results = race(|number| {
        let state = stores.state.clone();
        let mut record = first.clone();
        record.payload = number.to_string().into_bytes();
        async move { (number, state.insert(&tenant, record, NOW).await.unwrap()) }
    })
    .await;

    assert_eq!(count(&results, |(_, r)| *r == Inserted::Ok), 1);
    assert_eq!(
        count(&results, |(_, r)| *r == Inserted::Conflict),
        TASKS - 1
    );
    let stored = stores.state.get(&tenant, Kind::Code, &first.key, NOW).await;
    let winner = results.iter().find(|(_, r)| *r == Inserted::Ok).unwrap().0;
    let payload = stored.unwrap().expect("the winner's record").payload;
    assert_eq!(payload, winner.to_string().into_bytes());
}

/// Of 64 tasks that update one version, one does.
pub async fn update_has_one_winner(stores: Stores) {
    let tenant = tenant();
    let record = record(Kind::Interaction);
    let inserted = stores.state.insert(&tenant, record.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);

    let results = race(|number| {
        let (state, key) = (stores.state.clone(), record.key);
        let payload = number.to_string().into_bytes();
        async move {
            let updated = state.update(&tenant, Kind::Interaction, &key, 0, payload, NOW);
            (number, updated.await.unwrap())
        }
    })
    .await;

    assert_eq!(count(&results, |(_, updated)| *updated), 1);
    let winner = results.iter().find(|(_, updated)| *updated).unwrap().0;
    let stored = stores
        .state
        .get(&tenant, Kind::Interaction, &record.key, NOW)
        .await
        .unwrap()
        .expect("the record");
    assert_eq!(stored.version, 1);
    assert_eq!(stored.payload, winner.to_string().into_bytes());
}

/// Of 64 tasks that show one digest, one is the first.
pub async fn insert_once_has_one_winner(stores: Stores) {
    let (tenant, digest) = (tenant(), digest());
    let results = race(|_| {
        let state = stores.state.clone();
        async move {
            let first = state.insert_once(&tenant, "jti", &digest, NOW + TTL, NOW);
            first.await.unwrap()
        }
    })
    .await;
    assert_eq!(count(&results, |first| *first), 1);
}

/// The same when the digest was there before and has expired: forgetting has one winner too.
pub async fn insert_once_has_one_winner_after_it_expired(stores: Stores) {
    let (tenant, digest) = (tenant(), digest());
    let before = stores
        .state
        .insert_once(&tenant, "jti", &digest, NOW + TTL, NOW);
    assert!(before.await.unwrap());
    let now = NOW + TTL;
    let results = race(|_| {
        let state = stores.state.clone();
        async move {
            let first = state.insert_once(&tenant, "jti", &digest, now + TTL, now);
            first.await.unwrap()
        }
    })
    .await;
    assert_eq!(count(&results, |first| *first), 1);
}

/// A successor whose key is taken is refused, and the token it should have followed
/// lives on: nothing is half done.
pub async fn rotate_to_a_taken_key_changes_nothing(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let (state, kind) = (&stores.state, Kind::RefreshToken);
    let (old, other) = (bound(kind, &binding), bound(kind, &binding));
    for record in [&old, &other] {
        let inserted = state.insert(&tenant, record.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
    }
    let mut next = successor(&binding, b"sealed");
    next.record.key = other.key;
    next.record.payload = b"another payload".to_vec();
    let refused = state
        .rotate(&tenant, kind, &old.key, next, GRACE, NOW)
        .await;
    assert!(matches!(refused, Err(StoreError::Conflict)), "{refused:?}");
    for record in [&old, &other] {
        let stored = state.get(&tenant, kind, &record.key, NOW).await;
        assert_eq!(stored.unwrap().as_ref(), Some(record));
    }
    let next = successor(&binding, b"sealed");
    let rotated = state
        .rotate(&tenant, kind, &old.key, next, GRACE, NOW)
        .await;
    assert_eq!(rotated.unwrap(), Rotated::Rotated);
}

/// Of 64 tasks, half of which consume and half of which rotate, one wins.
pub async fn consume_against_rotate_has_one_winner(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let old = bound(Kind::RefreshToken, &binding);
    let inserted = stores.state.insert(&tenant, old.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);

    let results = race(|number| {
        let (state, key) = (stores.state.clone(), old.key);
        let next = successor(&binding, b"sealed");
        async move {
            if number % 2 == 0 {
                let consumed = state.consume(&tenant, Kind::RefreshToken, &key, NOW);
                matches!(consumed.await.unwrap(), Consumed::Fresh(_))
            } else {
                let rotated = state.rotate(&tenant, Kind::RefreshToken, &key, next, GRACE, NOW);
                rotated.await.unwrap() == Rotated::Rotated
            }
        }
    })
    .await;
    assert_eq!(count(&results, |won| *won), 1);
}

/// The same digest is first once per namespace, and again after it expired.
pub async fn insert_once_counts_per_namespace_until_it_expires(stores: Stores) {
    let (tenant, digest) = (tenant(), digest());
    let first = async |namespace: &str, at| {
        let first = stores
            .state
            .insert_once(&tenant, namespace, &digest, at + TTL, at);
        first.await.unwrap()
    };
    assert!(first("jti", NOW).await);
    assert!(!first("jti", NOW).await);
    assert!(first("dpop", NOW).await);
    let last = NOW + TTL - std::time::Duration::from_millis(1);
    assert!(!first("jti", last).await);
    assert!(first("jti", NOW + TTL).await);
    assert!(!first("jti", NOW + TTL).await);
}

/// A consumed record is not there for `get`, `update` and `rotate`, and its key stays taken.
pub async fn consumed_is_gone_for_every_other_primitive(stores: Stores) {
    let (tenant, binding) = (tenant(), binding());
    let record = bound(Kind::RefreshToken, &binding);
    let (state, key) = (&stores.state, record.key);
    let kind = Kind::RefreshToken;
    let inserted = state.insert(&tenant, record.clone(), NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Ok);
    let consumed = state.consume(&tenant, kind, &key, NOW).await.unwrap();
    assert_eq!(consumed, Consumed::Fresh(record.clone()));

    assert_eq!(state.get(&tenant, kind, &key, NOW).await.unwrap(), None);
    let updated = state.update(&tenant, kind, &key, 0, vec![1], NOW).await;
    assert!(!updated.unwrap());
    let next = successor(&binding, b"sealed");
    let rotated = state.rotate(&tenant, kind, &key, next, GRACE, NOW).await;
    let grant = Some(binding.grant);
    assert_eq!(rotated.unwrap(), Rotated::Replayed { grant });
    let inserted = state.insert(&tenant, record, NOW).await;
    assert_eq!(inserted.unwrap(), Inserted::Conflict);
}

/// Two records of different kinds at one key do not touch each other.
pub async fn kinds_are_separate(stores: Stores) {
    let tenant = tenant();
    let code = record(Kind::Code);
    let mut interaction = code.clone();
    interaction.kind = Kind::Interaction;
    for record in [&code, &interaction] {
        let inserted = stores.state.insert(&tenant, record.clone(), NOW).await;
        assert_eq!(inserted.unwrap(), Inserted::Ok);
    }
    let consumed = stores.state.consume(&tenant, Kind::Code, &code.key, NOW);
    assert_eq!(consumed.await.unwrap(), Consumed::Fresh(code.clone()));
    let other = stores
        .state
        .get(&tenant, Kind::Interaction, &code.key, NOW)
        .await;
    assert_eq!(other.unwrap(), Some(interaction));
}

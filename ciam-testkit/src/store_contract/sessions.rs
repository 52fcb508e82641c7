//! [`ciam_core::store::SessionStore`].

use std::time::Duration;

use ciam_core::Stores;
use ciam_core::session::SessionSelector;
use ciam_core::store::StoreError;

use super::samples::{NOW, count, race, session, session_key, subject, tenant};

const TICK: Duration = Duration::from_millis(1);

/// A session comes back whole, and ends when idle or expired.
pub async fn a_session_lives_until_idle_or_expired(stores: Stores) {
    let (tenant, key, mut mine) = (tenant(), session_key(), session(subject()));
    stores
        .sessions
        .begin(&tenant, key, mine.clone(), None)
        .await
        .unwrap();
    let get = async |at| stores.sessions.session(&tenant, &key, at).await.unwrap();
    let idle = mine.idle_until;
    assert_eq!(get(NOW).await.as_ref(), Some(&mine));
    assert_eq!(get(idle - TICK).await.as_ref(), Some(&mine));
    assert_eq!(get(idle).await, None);

    // What is over stays over, though its row may still be there.
    let late = stores
        .sessions
        .update_session(&tenant, &key, mine.clone(), idle);
    assert!(!late.await.unwrap());

    // Use moves the idle limit, never past the end.
    mine.idle_until = mine.expires_at + Duration::from_secs(600);
    let updated = stores
        .sessions
        .update_session(&tenant, &key, mine.clone(), NOW);
    assert!(updated.await.unwrap());
    mine.version = 1;
    assert_eq!(get(idle).await.as_ref(), Some(&mine));
    assert_eq!(get(mine.expires_at).await, None);
    assert_eq!(
        stores
            .sessions
            .session(&tenant, &session_key(), NOW)
            .await
            .unwrap(),
        None
    );
}

/// Signing in again forgets the old key in the same step.
pub async fn begin_replaces_the_old_session(stores: Stores) {
    let (tenant, old, new) = (tenant(), session_key(), session_key());
    let (first, second) = (session(subject()), session(subject()));
    let sessions = &stores.sessions;
    sessions.begin(&tenant, old, first, None).await.unwrap();
    sessions
        .begin(&tenant, new, second.clone(), Some(old))
        .await
        .unwrap();
    assert_eq!(sessions.session(&tenant, &old, NOW).await.unwrap(), None);
    assert_eq!(
        sessions.session(&tenant, &new, NOW).await.unwrap(),
        Some(second)
    );
}

/// A key that exists is a conflict, and then nothing is replaced either.
pub async fn begin_never_overwrites(stores: Stores) {
    let (tenant, taken, old) = (tenant(), session_key(), session_key());
    let (first, second) = (session(subject()), session(subject()));
    let sessions = &stores.sessions;
    sessions
        .begin(&tenant, taken, first.clone(), None)
        .await
        .unwrap();
    sessions
        .begin(&tenant, old, second.clone(), None)
        .await
        .unwrap();
    for replaced in [None, Some(old), Some(taken)] {
        let again = sessions.begin(&tenant, taken, session(subject()), replaced);
        assert!(matches!(again.await, Err(StoreError::Conflict)));
    }
    assert_eq!(
        sessions.session(&tenant, &taken, NOW).await.unwrap(),
        Some(first)
    );
    assert_eq!(
        sessions.session(&tenant, &old, NOW).await.unwrap(),
        Some(second)
    );
}

/// Of 64 changes of one version, one is made.
pub async fn update_session_has_one_winner(stores: Stores) {
    let (tenant, key, mine) = (tenant(), session_key(), session(subject()));
    stores
        .sessions
        .begin(&tenant, key, mine.clone(), None)
        .await
        .unwrap();
    let results = race(|number| {
        let sessions = stores.sessions.clone();
        let mut changed = mine.clone();
        changed.acr = number.to_string();
        async move {
            let updated = sessions.update_session(&tenant, &key, changed.clone(), NOW);
            (updated.await.unwrap(), changed)
        }
    })
    .await;
    assert_eq!(count(&results, |(updated, _)| *updated), 1);
    let mut winner = results.into_iter().find(|(updated, _)| *updated).unwrap().1;
    winner.version = 1;
    let stored = stores.sessions.session(&tenant, &key, NOW).await.unwrap();
    assert_eq!(stored, Some(winner));
}

/// The sessions of a subject are listed while they live, and end by id or all at once.
pub async fn sessions_end_by_id_and_by_subject(stores: Stores) {
    let (tenant, who) = (tenant(), subject());
    let sessions = &stores.sessions;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let mine = session(who);
        ids.push(mine.id);
        sessions
            .begin(&tenant, session_key(), mine, None)
            .await
            .unwrap();
    }
    let (other_key, other) = (session_key(), session(subject()));
    sessions
        .begin(&tenant, other_key, other.clone(), None)
        .await
        .unwrap();

    let list = async |at| {
        let found = sessions.sessions(&tenant, &who, at).await.unwrap();
        let mut found: Vec<_> = found.into_iter().map(|s| s.id).collect();
        found.sort();
        found
    };
    let mut wanted = ids.clone();
    wanted.sort();
    assert_eq!(list(NOW).await, wanted);
    assert_eq!(list(NOW + Duration::from_secs(600)).await, vec![]);

    let end = async |what| sessions.end(&tenant, &what).await.unwrap();
    assert_eq!(end(SessionSelector::Session(ids[0])).await, 1);
    assert_eq!(end(SessionSelector::Session(ids[0])).await, 0);
    wanted.retain(|id| *id != ids[0]);
    assert_eq!(list(NOW).await, wanted);
    assert_eq!(end(SessionSelector::Subject(who)).await, 2);
    assert_eq!(end(SessionSelector::Subject(who)).await, 0);
    assert_eq!(list(NOW).await, vec![]);
    assert_eq!(
        sessions.session(&tenant, &other_key, NOW).await.unwrap(),
        Some(other)
    );
}

/// A session that was ended cannot be changed back to life.
pub async fn an_ended_session_stays_ended(stores: Stores) {
    let (tenant, key, mine) = (tenant(), session_key(), session(subject()));
    stores
        .sessions
        .begin(&tenant, key, mine.clone(), None)
        .await
        .unwrap();
    let what = SessionSelector::Session(mine.id);
    assert_eq!(stores.sessions.end(&tenant, &what).await.unwrap(), 1);
    let updated = stores.sessions.update_session(&tenant, &key, mine, NOW);
    assert!(!updated.await.unwrap());
    assert_eq!(
        stores.sessions.session(&tenant, &key, NOW).await.unwrap(),
        None
    );
}

/// `purge` removes sessions that are over, and no others.
pub async fn ended_sessions_are_purged(stores: Stores) {
    let (tenant, key, mine) = (tenant(), session_key(), session(subject()));
    let sessions = &stores.sessions;
    sessions
        .begin(&tenant, key, mine.clone(), None)
        .await
        .unwrap();
    let purge = async |at| stores.state.purge(at, 10).await.unwrap();
    assert_eq!(purge(mine.idle_until - TICK).await, 0);
    let live = sessions.session(&tenant, &key, NOW).await.unwrap();
    assert_eq!(live, Some(mine.clone()));
    assert_eq!(purge(mine.idle_until).await, 1);
    assert_eq!(sessions.session(&tenant, &key, NOW).await.unwrap(), None);
}

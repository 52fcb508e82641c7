//! [`ciam_core::store::SettingsStore`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ciam_core::settings::{Revision, SettingsDocument, SettingsKind};
use ciam_core::store::{Published, SettingsStore};
use ciam_core::{Stores, TenantId};

use super::samples::{NOW, TASKS, count, race, tenant};

/// Of 64 publications over one revision, one is made, and the others learn which is active.
pub async fn publish_has_one_winner(stores: Stores) {
    let tenant = tenant();
    let mut expected = Revision(0);
    for _ in 0..3 {
        let results = race(|number| {
            let settings = stores.settings.clone();
            let body = number.to_string();
            let kind = SettingsKind::SignIn;
            async move {
                let published = settings.publish(&tenant, kind, expected, body.clone(), NOW);
                (published.await.unwrap(), body)
            }
        })
        .await;
        let won = |result: &Published| matches!(result, Published::Published(_));
        assert_eq!(count(&results, |(result, _)| won(result)), 1);
        let (_, body) = results.iter().find(|(result, _)| won(result)).unwrap();
        let active = stores.settings.active(&tenant, SettingsKind::SignIn).await;
        let active = active.unwrap().expect("a document");
        assert_eq!(&active.body, body);
        assert!(active.revision > expected);
        let lost = Published::Conflict(active.revision);
        assert_eq!(count(&results, |(result, _)| *result == lost), TASKS - 1);
        expected = active.revision;
    }
}

/// 64 publications of two kinds while somebody polls: each gets a revision of its
/// own, and the poll, which only asks for what is newer than the last it saw,
/// misses none that became active.
pub async fn racing_publications_are_all_seen(stores: Stores) {
    let tenant = tenant();
    let done = Arc::new(AtomicBool::new(false));
    let reader = tokio::spawn(poll(stores.settings.clone(), tenant, done.clone()));
    let mut revisions = race(|number| {
        let settings = stores.settings.clone();
        let kind = KINDS[number % KINDS.len()];
        async move {
            let mut expected = Revision(0);
            loop {
                let body = number.to_string();
                let published = settings.publish(&tenant, kind, expected, body, NOW);
                match published.await.unwrap() {
                    Published::Published(revision) => return revision,
                    Published::Conflict(active) => expected = active,
                }
            }
        }
    })
    .await;
    done.store(true, Ordering::SeqCst);
    let known = reader.await.expect("nothing is missed");
    revisions.sort();
    revisions.dedup();
    assert_eq!(revisions.len(), TASKS);
    for (kind, known) in KINDS.into_iter().zip(known) {
        let active = stores.settings.active(&tenant, kind).await.unwrap();
        assert_eq!(active.expect("a document").revision, known);
    }
}

/// Polls until `done`, and once more; gives the last revision it saw of each kind.
async fn poll(
    settings: Arc<dyn SettingsStore>,
    tenant: TenantId,
    done: Arc<AtomicBool>,
) -> [Revision; 2] {
    let mut known = [Revision(0); 2];
    let mut newest = Revision(0);
    loop {
        let last = done.load(Ordering::SeqCst);
        for (kind, revision) in settings.changed_since(&tenant, newest).await.unwrap() {
            let place = KINDS.iter().position(|k| *k == kind).expect("its kind");
            assert!(revision > known[place]);
            known[place] = revision;
        }
        newest = known.into_iter().max().unwrap_or(newest);
        for (kind, known) in KINDS.into_iter().zip(known) {
            let active = settings.active(&tenant, kind).await.unwrap();
            let active = active.map_or(Revision(0), |document| document.revision);
            // A newer one is found by the next poll, one at most as new as what was
            // seen by none.
            assert!(active > newest || active == known, "{kind:?} was missed");
        }
        if last {
            return known;
        }
        tokio::task::yield_now().await;
    }
}

const KINDS: [SettingsKind; 2] = [SettingsKind::SignIn, SettingsKind::Release];

/// Nothing is active, and nothing changed, before the first publication.
pub async fn there_are_no_settings_at_first(stores: Stores) {
    let tenant = tenant();
    for kind in SettingsKind::ALL {
        let settings = &stores.settings;
        assert_eq!(settings.active(&tenant, kind).await.unwrap(), None);
        assert_eq!(settings.at(&tenant, kind, Revision(1)).await.unwrap(), None);
        assert_eq!(settings.history(&tenant, kind).await.unwrap(), vec![]);
    }
    let changed = stores.settings.changed_since(&tenant, Revision(0)).await;
    assert_eq!(changed.unwrap(), vec![]);
}

/// Each published document stays readable; the newest is active and first in the history.
pub async fn every_revision_stays_readable(stores: Stores) {
    let tenant = tenant();
    let mut all = Vec::new();
    let mut last = Revision(0);
    for number in 0..5 {
        // Another kind in between: revisions are the tenant's, not the kind's.
        publish(
            &stores,
            &tenant,
            SettingsKind::Pages,
            &format!("page {number}"),
        )
        .await;
        let document = publish(&stores, &tenant, SettingsKind::Release, &number.to_string()).await;
        assert!(document.revision > last);
        last = document.revision;
        all.push(document);
    }
    let settings = &stores.settings;
    for document in &all {
        let found = settings.at(&tenant, document.kind, document.revision).await;
        assert_eq!(found.unwrap().as_ref(), Some(document));
        let other = settings.at(&tenant, SettingsKind::Pages, document.revision);
        assert_eq!(other.await.unwrap(), None);
    }
    let active = settings.active(&tenant, SettingsKind::Release).await;
    assert_eq!(active.unwrap().as_ref(), all.last());
    all.reverse();
    let history = settings.history(&tenant, SettingsKind::Release).await;
    assert_eq!(history.unwrap(), all);
}

/// `changed_since` names each kind whose active document is newer, with its revision.
pub async fn changed_since_names_what_is_newer(stores: Stores) {
    let tenant = tenant();
    publish(&stores, &tenant, SettingsKind::SignIn, "one").await;
    let pages = publish(&stores, &tenant, SettingsKind::Pages, "two").await;
    let sign_in = publish(&stores, &tenant, SettingsKind::SignIn, "three").await;
    let since = async |revision| {
        let mut changed = stores
            .settings
            .changed_since(&tenant, revision)
            .await
            .unwrap();
        changed.sort();
        changed
    };
    let both = [
        (SettingsKind::SignIn, sign_in.revision),
        (SettingsKind::Pages, pages.revision),
    ];
    assert_eq!(since(Revision(0)).await, both);
    assert_eq!(since(pages.revision).await, both[..1]);
    assert_eq!(since(sign_in.revision).await, []);
}

/// A publication over another revision than the active one is refused.
pub async fn publish_refuses_another_revision(stores: Stores) {
    let tenant = tenant();
    let kind = SettingsKind::Policies;
    let publish_over = async |expected| {
        let body = "refused".to_owned();
        let published = stores
            .settings
            .publish(&tenant, kind, Revision(expected), body, NOW);
        published.await.unwrap()
    };
    assert_eq!(publish_over(7).await, Published::Conflict(Revision(0)));
    let first = publish(&stores, &tenant, kind, "first").await;
    for expected in [0, 7, u64::MAX] {
        assert_eq!(
            publish_over(expected).await,
            Published::Conflict(first.revision)
        );
    }
    let active = stores.settings.active(&tenant, kind).await.unwrap();
    assert_eq!(active, Some(first));
}

/// Publishes over whatever is active.
pub(super) async fn publish(
    stores: &Stores,
    tenant: &TenantId,
    kind: SettingsKind,
    body: &str,
) -> SettingsDocument {
    let active = stores.settings.active(tenant, kind).await.unwrap();
    let expected = active.map_or(Revision(0), |document| document.revision);
    let published = stores
        .settings
        .publish(tenant, kind, expected, body.to_owned(), NOW);
    match published.await.unwrap() {
        Published::Published(revision) => SettingsDocument {
            kind,
            revision,
            published_at: NOW,
            body: body.to_owned(),
        },
        Published::Conflict(active) => panic!("{active:?} is active"),
    }
}

//! Records to test with, and the race.

use std::sync::Arc;
use std::time::Duration;

use ciam_core::account::{Account, AccountStatus, Credential, IdentifierDigest, Link, LinkDigest};
use ciam_core::crypto::Digest;
use ciam_core::outside::random;
use ciam_core::session::{Session, SessionKey};
use ciam_core::store::{Binding, Key, Kind, Record, Route, Successor};
use ciam_core::{ClientId, GrantId, SessionId, SubjectId, SystemEntropy, TenantId, Timestamp};
use tokio::sync::Barrier;

/// When the tests play.
pub(super) const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);
/// How long a sample record lives.
pub(super) const TTL: Duration = Duration::from_secs(600);
/// How long it is remembered.
pub(super) const MEMORY: Duration = Duration::from_secs(3_600);
/// How long a rotated one still shows its successor.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// How many tasks race.
pub(super) const TASKS: usize = 64;

/// Starts 64 tasks at the same moment and gives what each got.
pub(super) async fn race<T, F>(task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let start = Arc::new(Barrier::new(TASKS));
    let tasks: Vec<_> = (0..TASKS)
        .map(|number| {
            let work = task(number);
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                work.await
            })
        })
        .collect();
    let mut results = Vec::with_capacity(TASKS);
    for task in tasks {
        results.push(task.await.expect("no task panics"));
    }
    results
}

pub(super) fn count<T>(results: &[T], wanted: impl Fn(&T) -> bool) -> usize {
    results.iter().filter(|result| wanted(result)).count()
}

pub(super) fn tenant() -> TenantId {
    TenantId::from_bytes(random(&SystemEntropy))
}

pub(super) fn subject() -> SubjectId {
    SubjectId::generate(&SystemEntropy)
}

pub(super) fn digest() -> Digest {
    random(&SystemEntropy)
}

pub(super) fn client(name: &str) -> ClientId {
    name.parse().expect("a client id")
}

/// A new grant of somebody, in a session, to the client `shop`.
pub(super) fn binding() -> Binding {
    Binding {
        grant: GrantId::generate(&SystemEntropy),
        subject: Some(subject()),
        session: Some(SessionId::generate(&SystemEntropy)),
        client: client("shop"),
    }
}

/// A record without a grant.
pub(super) fn record(kind: Kind) -> Record {
    Record {
        kind,
        key: Key {
            route: Route::generate(&SystemEntropy),
            digest: digest(),
        },
        binding: None,
        expires_at: NOW + TTL,
        remembered_until: NOW + MEMORY,
        version: 0,
        payload: b"payload".to_vec(),
    }
}

/// A record of a grant.
pub(super) fn bound(kind: Kind, binding: &Binding) -> Record {
    let mut record = record(kind);
    record.key.route = binding.grant.into();
    record.binding = Some(binding.clone());
    record
}

/// What could follow a record of that grant.
pub(super) fn successor(binding: &Binding, sealed: &[u8]) -> Successor {
    Successor {
        record: bound(Kind::RefreshToken, binding),
        sealed: sealed.to_vec(),
    }
}

/// An account with one identifier, a password and one link.
pub(super) fn account() -> Account {
    Account {
        subject: subject(),
        status: AccountStatus::Active,
        version: 0,
        created_at: NOW,
        identifiers: vec![IdentifierDigest(digest())],
        sealed_profile: b"sealed profile".to_vec(),
        credentials: vec![Credential {
            kind: "password".to_owned(),
            version: 0,
            data: "hash".to_owned(),
        }],
        links: vec![link()],
    }
}

pub(super) fn link() -> Link {
    Link {
        connection: "demo-bank".parse().expect("a connection id"),
        digest: LinkDigest(digest()),
        linked_at: NOW,
    }
}

pub(super) fn session_key() -> SessionKey {
    SessionKey(digest())
}

/// A session that ends after an hour, or after ten idle minutes.
pub(super) fn session(subject: SubjectId) -> Session {
    Session {
        id: SessionId::generate(&SystemEntropy),
        subject,
        auth_time: NOW,
        acr: "low".to_owned(),
        amr: vec!["pwd".to_owned()],
        connection: Some("demo-bank".to_owned()),
        created_at: NOW,
        expires_at: NOW + Duration::from_secs(3_600),
        idle_until: NOW + Duration::from_secs(600),
        version: 0,
    }
}

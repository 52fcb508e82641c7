//! Short-lived state: codes, tokens, interactions, single use.

use std::time::Duration;

use async_trait::async_trait;

use super::{Key, StoreError};
use crate::crypto::Digest;
use crate::id::{ClientId, GrantId, SessionId, SubjectId, TenantId};
use crate::time::Timestamp;

/// What a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// An authorization code.
    Code,
    /// A refresh token.
    RefreshToken,
    /// The mark of an access token for the provider itself: gone with its grant.
    AccessToken,
    /// A sign-in under way.
    Interaction,
    /// A brokered sign-in under way at another provider.
    Transaction,
}

impl Kind {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::RefreshToken => "refresh_token",
            Self::AccessToken => "access_token",
            Self::Interaction => "interaction",
            Self::Transaction => "transaction",
        }
    }

    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Code,
        Self::RefreshToken,
        Self::AccessToken,
        Self::Interaction,
        Self::Transaction,
    ];
}

/// Whom a record belongs to. The first record of a grant brings the grant into
/// being; `subject`, `session` and `client` are its index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The grant. Its bytes equal the route of the record's key.
    pub grant: GrantId,
    /// Who allowed it; none when a client acts for itself.
    pub subject: Option<SubjectId>,
    /// In which session; none for a grant that outlives sessions (`offline_access`).
    pub session: Option<SessionId>,
    /// To whom.
    pub client: ClientId,
}

/// A record. Its payload is opaque to the store.
#[derive(Clone, PartialEq, Eq)]
pub struct Record {
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub key: Key,
    /// Whom it belongs to; none for state before there is a grant.
    pub binding: Option<Binding>,
    /// From this moment it does not exist for `get`, `consume`, `rotate` and `update`.
    pub expires_at: Timestamp,
    /// Until this moment a consumed record is remembered, so that a second use
    /// shows as [`Consumed::Replayed`]. Not before `expires_at`.
    pub remembered_until: Timestamp,
    /// Raised by `update`; 0 at first.
    pub version: u64,
    /// What core put in.
    pub payload: Vec<u8>,
}

impl std::fmt::Debug for Record {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("kind", &self.kind)
            .field("binding", &self.binding)
            .field("expires_at", &self.expires_at)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

/// Answer of [`StateStore::insert`].
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is stored.
    Ok,
    /// There is one at that key already; it was left alone.
    Conflict,
    /// Its grant is revoked; nothing was stored.
    Revoked,
}

/// Answer of [`StateStore::consume`].
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consumed {
    /// The caller is the one that got it.
    Fresh(Record),
    /// It was used before.
    Replayed {
        /// The grant to revoke.
        grant: Option<GrantId>,
    },
    /// There is none: never was, expired, forgotten or revoked.
    Missing,
}

/// The record that follows a rotated one.
#[derive(Clone, Debug)]
pub struct Successor {
    /// The new record, of the same grant.
    pub record: Record,
    /// The new handle, sealed under a key derived from the old one.
    pub sealed: Vec<u8>,
}

/// Answer of [`StateStore::rotate`].
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The old one is used up and the new one stored: both, or neither.
    Rotated,
    /// It was rotated a moment ago: here is the successor made then. The new record was not stored.
    InGrace {
        /// As given with the first rotation.
        sealed: Vec<u8>,
    },
    /// It was rotated before, longer ago than the grace.
    Replayed {
        /// The grant to revoke.
        grant: Option<GrantId>,
    },
    /// There is none: never was, expired, forgotten or revoked.
    Missing,
}

/// What to revoke.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RevokeSelector {
    /// One grant.
    Grant(GrantId),
    /// All grants of a subject.
    Subject(SubjectId),
    /// All grants made in a session.
    Session(SessionId),
    /// All grants to a client.
    Client(ClientId),
}

/// Codes, refresh tokens, interactions, single use. Every method is one atomic step.
#[async_trait]
pub trait StateStore: Send + Sync + 'static {
    /// Stores a new record; never overwrites. An expired record at the same key
    /// still counts as there until it is purged.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn insert(
        &self,
        tenant: &TenantId,
        record: Record,
        now: Timestamp,
    ) -> Result<Inserted, StoreError>;

    /// The record, if it is live: not expired, not consumed, its grant not revoked.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn get(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError>;

    /// Uses the record up. Of any number of concurrent callers exactly one gets
    /// [`Consumed::Fresh`]. Its expiry is not changed.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn consume(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Consumed, StoreError>;

    /// Uses `old` up and stores its successor in one step. Within `grace` after
    /// that, further callers get the successor sealed for the holder of `old`.
    /// When the successor's grant is revoked it is [`Rotated::Missing`], and `old`
    /// stays as it is.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the successor's key is taken: nothing was done.
    /// [`StoreError::Unavailable`], [`StoreError::Corrupt`].
    async fn rotate(
        &self,
        tenant: &TenantId,
        kind: Kind,
        old: &Key,
        next: Successor,
        grace: Duration,
        now: Timestamp,
    ) -> Result<Rotated, StoreError>;

    /// Compare and set: replaces the payload when the record is live and its
    /// version is `version`, raises the version, and says whether it did.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn update(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        version: u64,
        payload: Vec<u8>,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// `true` for the first caller with this digest in this namespace until `expires_at`
    /// (client assertions, proofs, logout tokens).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: the caller must then refuse.
    async fn insert_once(
        &self,
        tenant: &TenantId,
        namespace: &str,
        digest: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Revokes grants; idempotent. Returns how many were live until now.
    ///
    /// A grant that has no record yet is revoked all the same, so that its first
    /// record is refused.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: repeat it.
    async fn revoke(
        &self,
        tenant: &TenantId,
        what: &RevokeSelector,
        now: Timestamp,
    ) -> Result<u64, StoreError>;

    /// Removes up to `limit` rows that nothing can ask for any more; returns how many.
    ///
    /// A store that is other ports too removes theirs as well: ended windows of
    /// limits, ended sessions, and security events older than
    /// [`audit::RETENTION`](crate::audit::RETENTION).
    ///
    /// # Errors
    /// [`StoreError::Unavailable`].
    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

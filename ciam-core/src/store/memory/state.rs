use std::time::Duration;

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::audit;
use crate::crypto::Digest;
use crate::id::{ClientId, SessionId, SubjectId, TenantId};
use crate::store::{
    Binding, Consumed, Inserted, Key, Kind, Record, RevokeSelector, Rotated, StateStore,
    StoreError, Successor,
};
use crate::time::Timestamp;

pub(super) type RecordKey = (TenantId, Kind, Key);

pub(super) struct StoredRecord {
    record: Record,
    used: Option<Used>,
}

struct Used {
    at: Timestamp,
    /// The sealed successor and how long it is given out; none after `consume`.
    successor: Option<Vec<u8>>,
}

pub(super) struct StoredGrant {
    subject: Option<SubjectId>,
    session: Option<SessionId>,
    client: Option<ClientId>,
    revoked: bool,
    remembered_until: Timestamp,
}

impl Tables {
    fn is_revoked(&self, tenant: &TenantId, binding: Option<&Binding>) -> bool {
        binding
            .and_then(|b| self.grants.get(&(*tenant, b.grant)))
            .is_some_and(|grant| grant.revoked)
    }

    /// Stores a record whose key is free and whose grant is live.
    fn put(&mut self, tenant: &TenantId, record: Record) {
        if let Some(binding) = &record.binding {
            let grant = self
                .grants
                .entry((*tenant, binding.grant))
                .or_insert_with(|| StoredGrant {
                    subject: binding.subject,
                    session: binding.session,
                    client: Some(binding.client.clone()),
                    revoked: false,
                    remembered_until: record.remembered_until,
                });
            grant.remembered_until = grant.remembered_until.max(record.remembered_until);
        }
        self.records.insert(
            (*tenant, record.kind, record.key),
            StoredRecord { record, used: None },
        );
    }
}

/// What can be said of a record before anything is done with it.
enum State<'a> {
    Missing,
    Used(&'a StoredRecord, &'a Used),
    Live(&'a StoredRecord),
}

fn state_of<'a>(
    tables: &'a Tables,
    tenant: &TenantId,
    kind: Kind,
    key: &Key,
    now: Timestamp,
) -> State<'a> {
    let Some(stored) = tables.records.get(&(*tenant, kind, *key)) else {
        return State::Missing;
    };
    if tables.is_revoked(tenant, stored.record.binding.as_ref()) {
        return State::Missing;
    }
    match &stored.used {
        Some(used) if now < stored.record.remembered_until => State::Used(stored, used),
        None if now < stored.record.expires_at => State::Live(stored),
        _ => State::Missing,
    }
}

#[async_trait]
impl StateStore for MemoryStore {
    async fn insert(
        &self,
        tenant: &TenantId,
        record: Record,
        _now: Timestamp,
    ) -> Result<Inserted, StoreError> {
        let mut tables = self.tables().await?;
        if tables
            .records
            .contains_key(&(*tenant, record.kind, record.key))
        {
            return Ok(Inserted::Conflict);
        }
        if tables.is_revoked(tenant, record.binding.as_ref()) {
            return Ok(Inserted::Revoked);
        }
        tables.put(tenant, record);
        Ok(Inserted::Ok)
    }

    async fn get(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let tables = self.tables().await?;
        Ok(match state_of(&tables, tenant, kind, key, now) {
            State::Live(stored) => Some(stored.record.clone()),
            State::Missing | State::Used(..) => None,
        })
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Consumed, StoreError> {
        let mut tables = self.tables().await?;
        let record = match state_of(&tables, tenant, kind, key, now) {
            State::Missing => return Ok(Consumed::Missing),
            State::Used(stored, _) => {
                let grant = stored.record.binding.as_ref().map(|b| b.grant);
                return Ok(Consumed::Replayed { grant });
            }
            State::Live(stored) => stored.record.clone(),
        };
        if let Some(stored) = tables.records.get_mut(&(*tenant, kind, *key)) {
            stored.used = Some(Used {
                at: now,
                successor: None,
            });
        }
        Ok(Consumed::Fresh(record))
    }

    async fn rotate(
        &self,
        tenant: &TenantId,
        kind: Kind,
        old: &Key,
        next: Successor,
        grace: Duration,
        now: Timestamp,
    ) -> Result<Rotated, StoreError> {
        let mut tables = self.tables().await?;
        match state_of(&tables, tenant, kind, old, now) {
            State::Missing => return Ok(Rotated::Missing),
            State::Used(stored, used) => {
                return Ok(match &used.successor {
                    Some(sealed) if now < used.at + grace => Rotated::InGrace {
                        sealed: sealed.clone(),
                    },
                    _ => Rotated::Replayed {
                        grant: stored.record.binding.as_ref().map(|b| b.grant),
                    },
                });
            }
            State::Live(_) => {}
        }
        if tables
            .records
            .contains_key(&(*tenant, next.record.kind, next.record.key))
        {
            return Err(StoreError::Conflict);
        }
        if tables.is_revoked(tenant, next.record.binding.as_ref()) {
            return Ok(Rotated::Missing);
        }
        if let Some(stored) = tables.records.get_mut(&(*tenant, kind, *old)) {
            stored.used = Some(Used {
                at: now,
                successor: Some(next.sealed),
            });
        }
        tables.put(tenant, next.record);
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
        let mut tables = self.tables().await?;
        let current = match state_of(&tables, tenant, kind, key, now) {
            State::Live(stored) => stored.record.version == version,
            State::Missing | State::Used(..) => false,
        };
        if current && let Some(stored) = tables.records.get_mut(&(*tenant, kind, *key)) {
            stored.record.payload = payload;
            stored.record.version += 1;
        }
        Ok(current)
    }

    async fn insert_once(
        &self,
        tenant: &TenantId,
        namespace: &str,
        digest: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.tables().await?;
        let until = tables.once.entry((*tenant, namespace.to_owned(), *digest));
        Ok(match until {
            std::collections::hash_map::Entry::Occupied(mut known) => {
                let forgotten = *known.get() <= now;
                if forgotten {
                    known.insert(expires_at);
                }
                forgotten
            }
            std::collections::hash_map::Entry::Vacant(free) => {
                free.insert(expires_at);
                true
            }
        })
    }

    async fn revoke(
        &self,
        tenant: &TenantId,
        what: &RevokeSelector,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut tables = self.tables().await?;
        if let RevokeSelector::Grant(grant) = what {
            tables
                .grants
                .entry((*tenant, *grant))
                .or_insert_with(|| StoredGrant {
                    subject: None,
                    session: None,
                    client: None,
                    // Counted below only if it was known, so mark it here.
                    revoked: true,
                    remembered_until: now + REVOKED_GRANT,
                });
        }
        let mut revoked = 0;
        for ((of, id), grant) in &mut tables.grants {
            let hit = of == tenant
                && match what {
                    RevokeSelector::Grant(wanted) => id == wanted,
                    RevokeSelector::Subject(wanted) => grant.subject.as_ref() == Some(wanted),
                    RevokeSelector::Session(wanted) => grant.session.as_ref() == Some(wanted),
                    RevokeSelector::Client(wanted) => grant.client.as_ref() == Some(wanted),
                };
            if hit && !grant.revoked {
                grant.revoked = true;
                grant.remembered_until = grant.remembered_until.max(now + REVOKED_GRANT);
                revoked += 1;
            }
        }
        Ok(revoked)
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let mut tables = self.tables().await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let dead: Vec<RecordKey> = tables
            .records
            .iter()
            .filter(|(_, stored)| now >= stored.record.remembered_until)
            .map(|(key, _)| *key)
            .take(limit)
            .collect();
        for key in &dead {
            tables.records.remove(key);
        }
        let mut left = limit - dead.len();
        let mut keep = |gone: bool| {
            let drop = gone && left > 0;
            left -= usize::from(drop);
            !drop
        };
        tables.once.retain(|_, until| keep(*until <= now));
        tables.rates.retain(|_, (until, _)| keep(*until <= now));
        tables
            .sessions
            .retain(|_, session| keep(!session.is_live(now)));
        tables
            .audit
            .retain(|event| keep(event.at + audit::RETENTION <= now));
        tables
            .grants
            .retain(|_, grant| keep(grant.remembered_until <= now));
        Ok(u64::try_from(limit - left).unwrap_or(u64::MAX))
    }
}

/// How long a revoked grant is remembered at least, so that work under way when
/// it was revoked cannot bring it back.
const REVOKED_GRANT: Duration = Duration::from_secs(24 * 60 * 60);

use std::time::Duration;

use async_trait::async_trait;
use ciam_core::crypto::Digest;
use ciam_core::store::{
    Binding, Consumed, Inserted, Key, Kind, Record, RevokeSelector, Rotated, StateStore, Successor,
};
use ciam_core::{GrantId, SessionId, StoreError, SubjectId, TenantId, Timestamp};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::error::store_error;
use super::row::{Columns as _, stored};
use super::{SqliteStore, change, change_returning, commit, on};

mod purge;

#[async_trait]
impl StateStore for SqliteStore {
    async fn insert(
        &self,
        tenant: &TenantId,
        record: Record,
        _now: Timestamp,
    ) -> Result<Inserted, StoreError> {
        let mut tx = self.transaction().await?;
        let inserted = put(on(&mut tx), tenant, &record).await?;
        if inserted == Inserted::Ok {
            commit(tx).await?;
        }
        Ok(inserted)
    }

    async fn get(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM ciam_records AS r
             WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4
               AND used_at IS NULL AND expires_at > ?5
               AND NOT EXISTS (SELECT 1 FROM ciam_grants AS g WHERE g.tenant = r.tenant
                               AND g.grant_id = r.grant_id AND g.revoked_at IS NOT NULL)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.route.0.as_slice())
        .bind(kind.as_str())
        .bind(key.digest.as_slice())
        .bind(now.as_millis())
        .fetch_optional(&self.readers)
        .await
        .map_err(store_error)?;
        row.map(|row| record(kind, key, &row)).transpose()
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Consumed, StoreError> {
        let query = sqlx::query(
            "UPDATE ciam_records AS r SET used_at = ?5
             WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4
               AND used_at IS NULL AND expires_at > ?5
               AND NOT EXISTS (SELECT 1 FROM ciam_grants AS g WHERE g.tenant = r.tenant
                               AND g.grant_id = r.grant_id AND g.revoked_at IS NOT NULL)
             RETURNING *",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.route.0.as_slice())
        .bind(kind.as_str())
        .bind(key.digest.as_slice())
        .bind(now.as_millis());
        if let Some(row) = change_returning(query, &self.writer).await? {
            return Ok(Consumed::Fresh(record(kind, key, &row)?));
        }
        // Being used is for ever, so a second look cannot turn a refusal into anything else.
        let mut look = self.snapshot().await?;
        Ok(match used(on(&mut look), tenant, kind, key, now).await? {
            Some(used) => Consumed::Replayed { grant: used.grant },
            None => Consumed::Missing,
        })
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
        let mut tx = self.transaction().await?;
        let query = sqlx::query(
            "UPDATE ciam_records AS r SET used_at = ?5, successor = ?6
             WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4
               AND used_at IS NULL AND expires_at > ?5
               AND NOT EXISTS (SELECT 1 FROM ciam_grants AS g WHERE g.tenant = r.tenant
                               AND g.grant_id = r.grant_id AND g.revoked_at IS NOT NULL)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(old.route.0.as_slice())
        .bind(kind.as_str())
        .bind(old.digest.as_slice())
        .bind(now.as_millis())
        .bind(next.sealed);
        if change(query, on(&mut tx)).await? == 1 {
            return match put(on(&mut tx), tenant, &next.record).await? {
                Inserted::Ok => {
                    commit(tx).await?;
                    Ok(Rotated::Rotated)
                }
                Inserted::Conflict => Err(StoreError::Conflict),
                Inserted::Revoked => Ok(Rotated::Missing),
            };
        }
        let Some(used) = used(on(&mut tx), tenant, kind, old, now).await? else {
            return Ok(Rotated::Missing);
        };
        Ok(match used.successor {
            Some(sealed) if now < used.at + grace => Rotated::InGrace { sealed },
            _ => Rotated::Replayed { grant: used.grant },
        })
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
        let query = sqlx::query(
            "UPDATE ciam_records AS r SET payload = ?7, version = version + 1
             WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4
               AND used_at IS NULL AND expires_at > ?5 AND version = ?6
               AND NOT EXISTS (SELECT 1 FROM ciam_grants AS g WHERE g.tenant = r.tenant
                               AND g.grant_id = r.grant_id AND g.revoked_at IS NOT NULL)",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(key.route.0.as_slice())
        .bind(kind.as_str())
        .bind(key.digest.as_slice())
        .bind(now.as_millis())
        .bind(stored(version))
        .bind(payload);
        Ok(change(query, &self.writer).await? == 1)
    }

    async fn insert_once(
        &self,
        tenant: &TenantId,
        namespace: &str,
        digest: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query(
            "INSERT INTO ciam_once (tenant, namespace, digest, expires_at) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, namespace, digest)
             DO UPDATE SET expires_at = excluded.expires_at WHERE ciam_once.expires_at <= ?5",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(namespace.to_owned())
        .bind(digest.as_slice())
        .bind(expires_at.as_millis())
        .bind(now.as_millis());
        Ok(change(query, &self.writer).await? == 1)
    }

    async fn revoke(
        &self,
        tenant: &TenantId,
        what: &RevokeSelector,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = match what {
            RevokeSelector::Grant(grant) => return self.revoke_grant(tenant, *grant, now).await,
            RevokeSelector::Subject(subject) => sqlx::query(
                "UPDATE ciam_grants SET revoked_at = ?3, remembered_until = max(remembered_until, ?4)
                 WHERE tenant = ?1 AND subject = ?2 AND revoked_at IS NULL",
            )
            .bind(tenant.as_bytes().as_slice())
            .bind(subject.as_bytes().as_slice()),
            RevokeSelector::Session(session) => sqlx::query(
                "UPDATE ciam_grants SET revoked_at = ?3, remembered_until = max(remembered_until, ?4)
                 WHERE tenant = ?1 AND session = ?2 AND revoked_at IS NULL",
            )
            .bind(tenant.as_bytes().as_slice())
            .bind(session.as_bytes().as_slice()),
            RevokeSelector::Client(client) => sqlx::query(
                "UPDATE ciam_grants SET revoked_at = ?3, remembered_until = max(remembered_until, ?4)
                 WHERE tenant = ?1 AND client = ?2 AND revoked_at IS NULL",
            )
            .bind(tenant.as_bytes().as_slice())
            .bind(client.as_str().to_owned()),
        };
        let query = query
            .bind(now.as_millis())
            .bind((now + REVOKED_GRANT).as_millis());
        change(query, &self.writer).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.purge_rows(now, limit).await
    }
}

impl SqliteStore {
    /// A grant that has no record yet gets its row here, so that its first record is refused.
    async fn revoke_grant(
        &self,
        tenant: &TenantId,
        grant: GrantId,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let query = sqlx::query(
            "INSERT INTO ciam_grants (tenant, grant_id, revoked_at, remembered_until)
             VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (tenant, grant_id) DO UPDATE
                SET revoked_at = ?3, remembered_until = max(remembered_until, ?4)
                WHERE revoked_at IS NULL
             RETURNING client IS NOT NULL AS was_live",
        )
        .bind(tenant.as_bytes().as_slice())
        .bind(grant.as_bytes().as_slice())
        .bind(now.as_millis())
        .bind((now + REVOKED_GRANT).as_millis());
        match change_returning(query, &self.writer).await? {
            Some(row) => row.counter("was_live"),
            None => Ok(0),
        }
    }
}

/// Stores a record and keeps its grant in mind at least as long.
async fn put(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    record: &Record,
) -> Result<Inserted, StoreError> {
    let binding = record.binding.as_ref();
    let query = sqlx::query(
        "INSERT INTO ciam_records (tenant, route, kind, digest, grant_id, subject, session, client,
                                   expires_at, remembered_until, version, payload)
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12
         WHERE NOT EXISTS (SELECT 1 FROM ciam_grants
                           WHERE tenant = ?1 AND grant_id = ?5 AND revoked_at IS NOT NULL)
         ON CONFLICT (tenant, route, kind, digest) DO NOTHING",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(record.key.route.0.as_slice())
    .bind(record.kind.as_str())
    .bind(record.key.digest.as_slice())
    .bind(binding.map(|b| b.grant.as_bytes().as_slice()))
    .bind(binding.and_then(|b| b.subject.as_ref().map(|s| s.as_bytes().as_slice())))
    .bind(binding.and_then(|b| b.session.as_ref().map(|s| s.as_bytes().as_slice())))
    .bind(binding.map(|b| b.client.as_str().to_owned()))
    .bind(record.expires_at.as_millis())
    .bind(record.remembered_until.as_millis())
    .bind(stored(record.version))
    .bind(record.payload.as_slice());
    if change(query, &mut *tx).await? == 0 {
        return refusal(tx, tenant, record).await;
    }
    if let Some(binding) = binding {
        keep_grant(tx, tenant, binding, record.remembered_until).await?;
    }
    Ok(Inserted::Ok)
}

/// Why a record was not stored.
async fn refusal(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    record: &Record,
) -> Result<Inserted, StoreError> {
    let taken = sqlx::query(
        "SELECT 1 FROM ciam_records
         WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(record.key.route.0.as_slice())
    .bind(record.kind.as_str())
    .bind(record.key.digest.as_slice())
    .fetch_optional(tx)
    .await
    .map_err(store_error)?;
    Ok(match taken {
        Some(_) => Inserted::Conflict,
        None => Inserted::Revoked,
    })
}

/// The first record of a grant brings it, and its index, into being.
async fn keep_grant(
    tx: &mut SqliteConnection,
    tenant: &TenantId,
    binding: &Binding,
    remembered_until: Timestamp,
) -> Result<(), StoreError> {
    let query = sqlx::query(
        "INSERT INTO ciam_grants (tenant, grant_id, subject, session, client, remembered_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (tenant, grant_id) DO UPDATE
            SET remembered_until = max(remembered_until, excluded.remembered_until)",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(binding.grant.as_bytes().as_slice())
    .bind(binding.subject.as_ref().map(|s| s.as_bytes().as_slice()))
    .bind(binding.session.as_ref().map(|s| s.as_bytes().as_slice()))
    .bind(binding.client.as_str().to_owned())
    .bind(remembered_until.as_millis());
    change(query, tx).await.map(drop)
}

struct Used {
    at: Timestamp,
    successor: Option<Vec<u8>>,
    grant: Option<GrantId>,
}

/// The record at `key`, if it was used, is still remembered, and its grant is live.
async fn used(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    kind: Kind,
    key: &Key,
    now: Timestamp,
) -> Result<Option<Used>, StoreError> {
    let row = sqlx::query(
        "SELECT used_at, successor, grant_id FROM ciam_records AS r
         WHERE tenant = ?1 AND route = ?2 AND kind = ?3 AND digest = ?4
           AND used_at IS NOT NULL AND remembered_until > ?5
           AND NOT EXISTS (SELECT 1 FROM ciam_grants AS g WHERE g.tenant = r.tenant
                           AND g.grant_id = r.grant_id AND g.revoked_at IS NOT NULL)",
    )
    .bind(tenant.as_bytes().as_slice())
    .bind(key.route.0.as_slice())
    .bind(kind.as_str())
    .bind(key.digest.as_slice())
    .bind(now.as_millis())
    .fetch_optional(connection)
    .await
    .map_err(store_error)?;
    row.map(|row| {
        Ok(Used {
            at: row.time("used_at")?,
            successor: row.optional_bytes("successor")?,
            grant: row.optional_array("grant_id")?.map(GrantId::from_bytes),
        })
    })
    .transpose()
}

fn record(kind: Kind, key: &Key, row: &SqliteRow) -> Result<Record, StoreError> {
    let binding = match row.optional_array("grant_id")? {
        None => None,
        Some(grant) => Some(Binding {
            grant: GrantId::from_bytes(grant),
            subject: row.optional_array("subject")?.map(SubjectId::from_bytes),
            session: row.optional_array("session")?.map(SessionId::from_bytes),
            client: row.parsed("client")?,
        }),
    };
    Ok(Record {
        kind,
        key: *key,
        binding,
        expires_at: row.time("expires_at")?,
        remembered_until: row.time("remembered_until")?,
        version: row.counter("version")?,
        payload: row.bytes("payload")?,
    })
}

/// How long a revoked grant is remembered at least, so that work under way when
/// it was revoked cannot bring it back.
const REVOKED_GRANT: Duration = Duration::from_secs(24 * 60 * 60);

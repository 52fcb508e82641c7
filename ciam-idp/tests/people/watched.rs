//! A store in which codes can fail alone, and which counts what the vault is given.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ciam_core::crypto::Digest;
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{
    Consumed, Inserted, Key, Kind, Record, RevokeSelector, Rotated, StateStore, StoreError,
    Successor, VaultEntry, VaultPut, VaultStore,
};
use ciam_core::{TenantId, Timestamp};

pub(crate) struct Watched {
    memory: Arc<MemoryStore>,
    pub(crate) no_codes: AtomicBool,
    pub(crate) vault_puts: AtomicUsize,
    /// The payloads of interactions.
    pub(crate) interactions: Mutex<Vec<Vec<u8>>>,
}

impl Watched {
    fn keep(&self, kind: Kind, payload: &[u8]) {
        if kind == Kind::Interaction {
            self.interactions.lock().unwrap().push(payload.to_vec());
        }
    }

    pub(crate) fn new(memory: Arc<MemoryStore>) -> Self {
        Self {
            memory,
            no_codes: AtomicBool::new(false),
            vault_puts: AtomicUsize::new(0),
            interactions: Mutex::default(),
        }
    }
}

#[async_trait]
impl StateStore for Watched {
    async fn insert(
        &self,
        tenant: &TenantId,
        record: Record,
        now: Timestamp,
    ) -> Result<Inserted, StoreError> {
        if record.kind == Kind::Code && self.no_codes.load(Ordering::SeqCst) {
            return Err(StoreError::unavailable("codes cannot be stored"));
        }
        self.keep(record.kind, &record.payload);
        self.memory.insert(tenant, record, now).await
    }

    async fn get(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        self.memory.get(tenant, kind, key, now).await
    }

    async fn consume(
        &self,
        tenant: &TenantId,
        kind: Kind,
        key: &Key,
        now: Timestamp,
    ) -> Result<Consumed, StoreError> {
        self.memory.consume(tenant, kind, key, now).await
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
        self.memory
            .rotate(tenant, kind, old, next, grace, now)
            .await
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
        self.keep(kind, &payload);
        self.memory
            .update(tenant, kind, key, version, payload, now)
            .await
    }

    async fn insert_once(
        &self,
        tenant: &TenantId,
        namespace: &str,
        digest: &Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.memory
            .insert_once(tenant, namespace, digest, expires_at, now)
            .await
    }

    async fn revoke(
        &self,
        tenant: &TenantId,
        what: &RevokeSelector,
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        self.memory.revoke(tenant, what, now).await
    }

    async fn purge(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.memory.purge(now, limit).await
    }
}

#[async_trait]
impl VaultStore for Watched {
    async fn put(&self, tenant: &TenantId, entry: VaultEntry) -> Result<VaultPut, StoreError> {
        self.vault_puts.fetch_add(1, Ordering::SeqCst);
        self.memory.put(tenant, entry).await
    }

    async fn by_surrogate(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<Option<VaultEntry>, StoreError> {
        self.memory.by_surrogate(tenant, domain, surrogate).await
    }

    async fn forget(
        &self,
        tenant: &TenantId,
        domain: &str,
        surrogate: &str,
    ) -> Result<bool, StoreError> {
        self.memory.forget(tenant, domain, surrogate).await
    }
}

//! The in-memory store: every port, for tests and for trying things out.
//!
//! All of it is behind one lock, so each method is one atomic step by
//! construction. Nothing survives the process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Consent, KeySetRecord, OutboxItem, StoreError, VaultEntry};
use crate::account::Account;
use crate::api::Api;
use crate::audit::AuditEvent;
use crate::client::Client;
use crate::crypto::Digest;
use crate::id::{ClientId, SubjectId, TenantId};
use crate::session::{Session, SessionKey};
use crate::settings::{SettingsDocument, SettingsKind};
use crate::time::Timestamp;

mod account;
mod client;
mod consent;
#[cfg(feature = "faults")]
mod faults;
mod key;
mod outbox;
mod rate;
mod session;
mod settings;
mod state;
mod vault;

/// Every port in one value.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    #[cfg(feature = "faults")]
    faults: faults::Faults,
}

#[derive(Default)]
struct Tables {
    records: BTreeMap<state::RecordKey, state::StoredRecord>,
    grants: HashMap<(TenantId, crate::id::GrantId), state::StoredGrant>,
    once: HashMap<(TenantId, String, Digest), Timestamp>,
    accounts: HashMap<(TenantId, SubjectId), Account>,
    clients: HashMap<(TenantId, ClientId), Client>,
    apis: BTreeMap<(TenantId, String), Api>,
    sessions: HashMap<(TenantId, SessionKey), Session>,
    consents: BTreeMap<(TenantId, SubjectId, ClientId), Consent>,
    keys: HashMap<TenantId, KeySetRecord>,
    vault: HashMap<(TenantId, String, Digest), VaultEntry>,
    settings: BTreeMap<(TenantId, SettingsKind), Vec<SettingsDocument>>,
    rates: HashMap<(TenantId, Digest), (Timestamp, u32)>,
    outbox: BTreeMap<u64, (TenantId, OutboxItem)>,
    outbox_last: u64,
    audit: Vec<AuditEvent>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The security events kept so far, oldest first.
    pub fn audit_events(&self) -> Vec<AuditEvent> {
        self.lock().audit.clone()
    }

    /// Waits and fails as told, then takes the lock: the start of every method.
    #[cfg(feature = "faults")]
    async fn tables(&self) -> Result<MutexGuard<'_, Tables>, StoreError> {
        self.faults.apply().await?;
        Ok(self.lock())
    }

    #[cfg(not(feature = "faults"))]
    #[allow(
        clippy::unused_async,
        reason = "the same shape with and without `faults`"
    )]
    async fn tables(&self) -> Result<MutexGuard<'_, Tables>, StoreError> {
        Ok(self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Tables> {
        // No method leaves a half-made change behind when it panics.
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryStore { .. }")
    }
}

#[async_trait::async_trait]
impl crate::audit::AuditSink for MemoryStore {
    async fn append(&self, events: &[AuditEvent]) -> Result<(), StoreError> {
        self.tables().await?.audit.extend_from_slice(events);
        Ok(())
    }
}

//! The ports of storage.
//!
//! Storage is atomic by design: every need of several steps is one method, its
//! result an enum that must be looked at. For whoever implements a port:
//!
//! - **Time** is passed in. A record whose `expires_at` is not after `now` does
//!   not exist, whether or not its row is still there.
//! - **Tenant** comes first and is part of every unique key.
//! - **Liveness** is the grant's: `insert`, `get`, `consume`, `rotate` and
//!   `update` look at the grant in the same atomic step, so that nothing of a
//!   revoked grant is born or answered after `revoke` returned.
//! - **Errors**: [`StoreError::Unavailable`] means "try again", and is never
//!   turned into "no"; [`StoreError::Corrupt`] means a record cannot be read.
//!
//! `ciam_testkit::store_contract` checks all of it.

use std::sync::Arc;

mod account;
mod client;
mod consent;
mod error;
mod handle;
mod key;
pub mod memory;
mod outbox;
mod rate;
mod session;
mod settings;
mod state;
mod vault;

pub use account::{AccountStore, Created, Linked, Unlinked};
pub use client::ClientStore;
pub use consent::{Consent, ConsentStore};
pub use error::StoreError;
pub use handle::{Handle, Key, Route};
pub use key::{KeyRecord, KeySetRecord, KeyStore, KeyUse};
pub use outbox::{Outbox, OutboxItem};
pub use rate::{Rate, RateStore};
pub use session::SessionStore;
pub use settings::{Published, SettingsStore};
pub use state::{
    Binding, Consumed, Inserted, Kind, Record, RevokeSelector, Rotated, StateStore, Successor,
};
pub use vault::{VaultEntry, VaultPut, VaultStore};

use crate::audit::AuditSink;

/// Everything a provider stores, port by port. Any field can be replaced.
///
/// ```
/// use std::sync::Arc;
/// use ciam_core::store::{Stores, memory::MemoryStore};
///
/// let stores = Stores::from_one(Arc::new(MemoryStore::new()));
/// let _clients = stores.clients.clone();
/// ```
#[derive(Clone)]
pub struct Stores {
    /// Codes, refresh tokens, interactions, single use.
    pub state: Arc<dyn StateStore>,
    /// People.
    pub accounts: Arc<dyn AccountStore>,
    /// Clients and APIs.
    pub clients: Arc<dyn ClientStore>,
    /// Sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Consents.
    pub consents: Arc<dyn ConsentStore>,
    /// Sealed keys.
    pub keys: Arc<dyn KeyStore>,
    /// Surrogates and their sealed values.
    pub vault: Arc<dyn VaultStore>,
    /// Versioned settings.
    pub settings: Arc<dyn SettingsStore>,
    /// Limits.
    pub rates: Arc<dyn RateStore>,
    /// Messages to deliver.
    pub outbox: Arc<dyn Outbox>,
    /// Security events.
    pub audit: Arc<dyn AuditSink>,
}

impl Stores {
    /// From one value that implements every port.
    pub fn from_one<S>(store: Arc<S>) -> Self
    where
        S: StateStore
            + AccountStore
            + ClientStore
            + SessionStore
            + ConsentStore
            + KeyStore
            + VaultStore
            + SettingsStore
            + RateStore
            + Outbox
            + AuditSink,
    {
        Self {
            state: store.clone(),
            accounts: store.clone(),
            clients: store.clone(),
            sessions: store.clone(),
            consents: store.clone(),
            keys: store.clone(),
            vault: store.clone(),
            settings: store.clone(),
            rates: store.clone(),
            outbox: store.clone(),
            audit: store,
        }
    }
}

impl std::fmt::Debug for Stores {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Stores { .. }")
    }
}

//! What every implementation of the storage ports must do, as tests.
//!
//! [`store_contract!`](crate::store_contract!) makes one `#[test]` per
//! requirement; its argument is a future that makes a fresh, empty store:
//!
//! ```
//! use std::sync::Arc;
//! use ciam_core::{Stores, store::memory::MemoryStore};
//!
//! mod memory_store {
//!     # use super::*;
//!     ciam_testkit::store_contract!(async { Stores::from_one(Arc::new(MemoryStore::new())) });
//! }
//! # fn main() {}
//! ```
//!
//! The future may also give `(stores, guard)`: the guard (a temporary folder, a
//! running server) lives until the test is over. Time is given to the ports, so
//! nothing here sleeps.
//!
//! The modules hold the requirements as functions, for whoever wants to call one alone.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a check fails by panicking"
)]

use ciam_core::Stores;

pub mod accounts;
pub mod audit;
pub mod clients;
pub mod consents;
pub mod keys;
pub mod lifetime;
mod macros;
pub mod outbox;
pub mod rates;
pub mod revocation;
mod samples;
pub mod sessions;
pub mod settings;
pub mod single_use;
pub mod tenants;
pub mod vault;

/// What a test runs on: the stores, and whatever must live as long as they do.
pub trait Fixture {
    /// The stores.
    fn stores(&self) -> Stores;
}

impl Fixture for Stores {
    fn stores(&self) -> Stores {
        self.clone()
    }
}

impl<G> Fixture for (Stores, G) {
    fn stores(&self) -> Stores {
        self.0.clone()
    }
}

/// Runs one check on a fresh store, on four threads, so that tasks truly race.
pub fn run<M, C>(make: M, check: impl FnOnce(Stores) -> C)
where
    M: Future<Output: Fixture>,
    C: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let fixture = make.await;
        check(fixture.stores()).await;
    });
}

//! The in-memory store keeps the contract, and a store that only finds and then marks does not.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod memory {
    use std::sync::Arc;
    use std::time::Duration;

    use ciam_core::Stores;
    use ciam_core::store::memory::MemoryStore;

    ciam_testkit::store_contract!(async {
        let store = MemoryStore::new();
        store.set_delay(Duration::from_millis(1));
        Stores::from_one(Arc::new(store))
    });
}

mod find_then_mark;

//! Black-box tests of the adapter.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod guarded_routes;
#[cfg(feature = "provider")]
mod mounted_provider;

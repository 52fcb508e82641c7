//! Black-box tests of the broker, a module per feature.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    unreachable_pub,
    reason = "a test may panic, and is its own documentation"
)]

mod bank;
mod documents;
mod federation;
mod guard;
mod id_token;
mod key_service;
mod pipeline;
mod provider;
mod release;
mod trust;
mod upstream;
mod vault;

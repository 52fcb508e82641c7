//! The SQLite store: the contract of the ports, opening, durability, two stores on one file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod contract;
mod durability;
mod open;
mod samples;
mod two_stores;

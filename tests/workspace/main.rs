//! The rules of the workspace itself: which crate may know which, what an
//! application that only checks tokens compiles, what must never be in the
//! dependency tree, and how long and how named a file may be.
//!
//! Everything here reads `cargo metadata`, `cargo tree` and the source tree. A
//! failing test names the rule and the offender.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod bans;
mod cargo;
mod edges;
mod files;
mod licences;
mod lints;
mod source;
mod trees;

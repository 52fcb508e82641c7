//! The quickstart as a newcomer meets it: its binary, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod bad_input;
#[path = "../../src/walk/browser.rs"]
#[allow(
    dead_code,
    reason = "the walk uses all of the browser, these tests a part"
)]
mod browser;
mod demo;
mod options;
mod serving;
mod shop;
mod walk;

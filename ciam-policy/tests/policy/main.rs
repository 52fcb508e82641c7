//! Black-box tests of policies, decisions and the guard.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

#[cfg(feature = "cedar")]
mod cedar;
mod guard;
#[cfg(feature = "cedar")]
mod load;
#[cfg(feature = "cedar")]
mod provider;
mod step_up;
mod stub;

//! Black-box tests of the token layer, named by the rows they stand for.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

mod access_token;
mod algorithms;
mod client_assertion;
mod encryption;
mod forge;
mod headers;
mod id_token;
mod issuing;
mod key_ring;
mod key_service;
mod keys;
mod oracle;
mod registered_claims;
mod remote_keys;
mod shape;
mod signatures;
mod vectors;

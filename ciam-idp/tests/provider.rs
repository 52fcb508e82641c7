//! The provider through its one function, `Provider::handle`: no socket, a clock
//! that moves when told, and the in-memory store.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    missing_docs,
    reason = "a test may panic, and its modules are its own"
)]

#[path = "provider/browser.rs"]
mod browser;
#[path = "provider/world.rs"]
mod world;

#[path = "provider/apis.rs"]
mod apis;
#[path = "provider/authorize.rs"]
mod authorize;
#[path = "provider/code_flow.rs"]
mod code_flow;
#[path = "provider/metadata.rs"]
mod metadata;
#[path = "provider/policy.rs"]
mod policy;
#[path = "provider/redirect_uri.rs"]
mod redirect_uri;
#[path = "provider/storage.rs"]
mod storage;
#[path = "provider/token.rs"]
mod token;
#[path = "provider/userinfo.rs"]
mod userinfo;
#[path = "provider/withdrawn.rs"]
mod withdrawn;

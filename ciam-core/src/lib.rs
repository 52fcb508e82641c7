//! The words and the ports of `ciam`.
//!
//! Every other crate of the workspace speaks in these types and reaches the
//! outside world (storage, clock, randomness, HTTP, mail) through these traits.
//! There is no server, no runtime and no SQL in here. Whoever writes a store
//! implements the traits of [`store`] and runs the contract suite of
//! `ciam-testkit` against it; whoever only tries things takes
//! [`store::memory::MemoryStore`].
//!
//! ```
//! use ciam_core::{Issuer, Scopes, TenantId};
//!
//! let issuer: Issuer = "https://id.example.com".parse()?;
//! let scopes: Scopes = "openid orders:read".parse()?;
//! assert!(scopes.contains("orders:read"));
//! // A tenant is an issuer.
//! assert_eq!(TenantId::of(&issuer), TenantId::of(&issuer));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod account;
pub mod api;
pub mod attribute;
pub mod audit;
pub mod client;
pub mod crypto;
pub mod encoding;
pub mod http_client;
pub mod id;
pub mod issuer;
pub mod jwk;
pub mod message;
pub mod outside;
pub mod principal;
pub mod root_key;
pub mod scope;
pub mod seal;
pub mod secret;
pub mod session;
pub mod settings;
pub mod source;
pub mod store;
pub mod time;
pub mod token;

pub use attribute::{Attribute, AttributeName, Attributes, Profile, Provenance, Sensitivity};
pub use id::{ClientId, ConnectionId, GrantId, SessionId, SubjectId, TenantId};
pub use issuer::Issuer;
pub use outside::{Entropy, SystemEntropy};
pub use principal::Principal;
pub use root_key::RootKey;
pub use scope::{Scope, Scopes};
pub use secret::Secret;
pub use store::{StoreError, Stores};
pub use time::{Clock, SystemClock, Timestamp};

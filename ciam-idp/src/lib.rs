//! The OAuth 2.1 / OpenID Connect provider, in the process of its application.
//!
//! [`Provider`] is one value that answers every request of an issuer: the
//! authorization, token, userinfo and end-session endpoints, its keys and
//! metadata, and the pages on which people sign in. It needs [`Stores`] and
//! [`Keys`]; everything else has a default that allows nothing.
//!
//! An authorization goes through stages, each a type that is made only from the
//! one before, so that an unvalidated request cannot reach issuance. The checks
//! of a request are one table, a file each.
//!
//! [`Stores`]: ciam_core::Stores

mod access;
mod account;
mod acr;
mod api;
mod audit;
mod authenticator;
mod browser;
mod check;
mod client_auth;
mod discovery_screen;
mod endpoint;
mod failure;
mod flow;
mod grant;
mod holder;
mod interaction;
mod issue;
mod keys;
pub mod page;
mod parameters;
mod peer;
mod person;
mod provider;
mod release;
mod response;
mod session;
mod settings;
mod stage;
mod wire;

pub use account::{AccountError, Accounts, NewAccount, NewLink};
pub use acr::AcrLevels;
pub use authenticator::{
    Authenticated, Authenticator, EnrollError, LoginAttempt, LoginError, Password,
};
pub use keys::{Keys, KeysError};
pub use peer::Peer;
pub use provider::{BuildError, Builder, Lifetimes, Provider, Ready, WantsKeys, WantsStores};

#![cfg_attr(
    all(feature = "provider", feature = "cedar", feature = "axum", feature = "sqlite"),
    doc = include_str!("../README.md")
)]
#![cfg_attr(
    not(all(
        feature = "provider",
        feature = "cedar",
        feature = "axum",
        feature = "sqlite"
    )),
    doc = "Customer identity and access management as Rust libraries."
)]
//!
//! # Features
//!
//! This package holds no logic: it re-exports the crates of the workspace by
//! feature. Core, tokens and policy are always there.
//!
//! | feature | module | what |
//! |---|---|---|
//! | `provider` (default) | `idp` | the OAuth 2.1 / OpenID Connect provider with its pages |
//! | `broker` (default) | `broker` | sign-in with other providers, pipelines, tokenization, release |
//! | `cedar` (default) | [`policy`] | policies written in Cedar |
//! | `jsonwebtoken` (default) | [`tokens`] | conversions to and from the types of that crate |
//! | `axum`, `actix` | `axum`, `actix` | mounting, middleware and extractors |
//! | `sqlite` | `sqlx` | stores on SQLite |
//! | `http-client`, `tls` | `broker` | the guarded HTTP client, and TLS for it |

/// Words and ports: types, errors, storage traits, the in-memory store.
pub use ciam_core as core;

/// Signed and encrypted tokens, keys, and the rules of each kind of token.
pub use ciam_tokens as tokens;

/// Policies, decisions, scopes, and the guard of an API.
pub use ciam_policy as policy;

/// Connectors to other identity providers, pipelines, tokenization and release.
#[cfg(feature = "broker")]
pub use ciam_broker as broker;

/// The OAuth 2.1 / OpenID Connect provider.
#[cfg(feature = "provider")]
pub use ciam_idp as idp;

/// ciam for axum.
#[cfg(feature = "axum")]
pub use ciam_axum as axum;

/// ciam for actix-web.
#[cfg(feature = "actix")]
#[cfg_attr(
    all(feature = "provider", feature = "cedar", feature = "sqlite"),
    doc = include_str!("../docs/actix.md")
)]
pub use ciam_actix as actix;

/// Stores on SQL.
#[cfg(feature = "sqlite")]
pub use ciam_sqlx as sqlx;

pub use ciam_core::{Issuer, Principal, RootKey, Scopes, Secret, Stores, TenantId, Timestamp};
pub use ciam_policy::{Caller, Guard};
pub use ciam_tokens::AccessTokenVerifier;

#[cfg(feature = "broker")]
pub use ciam_broker::{ReleaseSettings, SignInSettings};
#[cfg(feature = "provider")]
pub use ciam_idp::{Keys, NewAccount, Provider};
#[cfg(feature = "cedar")]
pub use ciam_policy::CedarEngine;
#[cfg(feature = "sqlite")]
pub use ciam_sqlx::SqliteStore;

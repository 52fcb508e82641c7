//! ciam for actix-web: guard routes, extract the caller, mount the provider.
//!
//! [`bearer_auth`] is middleware for the resources or a scope of an API; around
//! them it runs after the router has chosen a route, so that no spelling of a path
//! gets around it. Handlers take a [`Caller`] and ask it what it may do; `?` turns a
//! refusal into the right answer.
//!
//! ```no_run
//! use std::sync::Arc;
//!
//! use actix_web::{App, HttpServer, web};
//! use ciam_actix::{Caller, Rejection, bearer_auth};
//! use ciam_core::SystemClock;
//! use ciam_policy::{CedarEngine, EntityUid, Guard};
//! use ciam_tokens::{AccessTokenVerifier, JwkSet, VerifyKeySet};
//!
//! async fn order(caller: Caller, number: web::Path<String>) -> Result<String, Rejection> {
//!     caller.authorize("read", &EntityUid::new("Order", number.as_str())).await?;
//!     Ok(format!("order {number}, for {}", caller.principal().subject))
//! }
//!
//! #[actix_web::main]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let keys = VerifyKeySet::from_jwk_set(&JwkSet::parse(&std::fs::read("jwks.json")?)?);
//!     let (issuer, audience) = ("https://id.example.com", "https://orders.example.com");
//!     let verifier = AccessTokenVerifier::new(issuer, audience, Arc::new(keys));
//!     let policies = CedarEngine::builder().policies_dir("policies").build()?;
//!     let guard = Guard::new(Arc::new(verifier), Arc::new(policies), Arc::new(SystemClock))
//!         .with_scope("read", "orders:read")?;
//!
//!     let app = move || {
//!         let orders = web::resource("/orders/{number}").route(web::get().to(order));
//!         App::new().service(orders.wrap(bearer_auth(&guard)))
//!     };
//!     HttpServer::new(app).bind("127.0.0.1:8080")?.run().await?;
//!     Ok(())
//! }
//! ```
//!
//! With feature `provider`, `routes` mounts a `ciam_idp::Provider`. ciam-axum has
//! the same names for axum.

mod bearer;
mod caller;
mod convert;
mod rejection;
#[cfg(feature = "provider")]
mod routes;

pub use bearer::{BearerAuth, BearerAuthService, bearer_auth};
pub use caller::Caller;
pub use rejection::Rejection;
#[cfg(feature = "provider")]
pub use routes::routes;

//! Policies, decisions, scopes and the guard of an API.
//!
//! A [`PolicyEngine`] answers a [`PolicyRequest`] (may this principal do this
//! action to this resource?) with a [`Decision`]: permit or deny, with reasons and
//! with advice such as a step-up. With feature `cedar` there is [`CedarEngine`],
//! which reads policies from files. The [`Guard`] of an API puts a token verifier,
//! an engine and a [`ScopeMap`] together; the adapters for axum and actix-web put
//! it in front of routes.
//!
//! ```
//! use std::sync::Arc;
//!
//! use ciam_core::SystemClock;
//! use ciam_policy::{Decision, Entity, EntityUid, Guard, PolicyEngine, PolicyRequest};
//! # use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
//! # use ciam_core::{Principal, Timestamp};
//! # struct Verifier;
//! # #[async_trait::async_trait]
//! # impl TokenVerifier for Verifier {
//! #     async fn verify(&self, _: PresentedToken<'_>, now: Timestamp) -> Result<Principal, TokenError> {
//! #         Ok(Principal { issuer: "https://id.example.com".into(), subject: "alice".into(),
//! #             actor: None, client_id: "shop".into(), scopes: "orders:read".parse().unwrap(),
//! #             acr: None, amr: vec![], auth_time: None, expires_at: now,
//! #             token_id: "1".into(), claims: serde_json::Map::new() })
//! #     }
//! # }
//!
//! struct OnlyReading;
//!
//! impl PolicyEngine for OnlyReading {
//!     fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
//!         if request.action == "read" && request.principal.entity_type == Entity::USER {
//!             Decision::permit(vec![])
//!         } else {
//!             Decision::deny(vec![])
//!         }
//!     }
//! }
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! // ciam-tokens has a verifier of access tokens.
//! let guard = Guard::new(Arc::new(Verifier), Arc::new(OnlyReading), Arc::new(SystemClock))
//!     .with_scope("read", "orders:read")?;
//!
//! let mut headers = http::HeaderMap::new();
//! headers.insert("authorization", "Bearer alices-token".parse()?);
//! let caller = guard
//!     .authenticate(&http::Method::GET, &"/orders/17".parse()?, &headers)
//!     .await?;
//! assert_eq!(caller.principal().subject, "alice");
//!
//! let order = EntityUid::new("Order", "17");
//! caller.authorize("read", &order).await?;
//! let refusal = caller.authorize("delete", &order).await.unwrap_err();
//! assert_eq!(refusal.response().status(), 403);
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
//! ```

#[cfg(feature = "cedar")]
mod cedar;
mod decision;
mod engine;
mod guard;
mod request;
mod scopes;

#[cfg(feature = "cedar")]
pub use cedar::{Builder, CedarEngine, Diagnostic, LoadError, PRINCIPAL_SCHEMA};
pub use decision::{Advice, Decision, Outcome, PolicyRef};
pub use engine::{DenyAll, PolicyEngine};
pub use guard::{Caller, Guard, Refusal};
pub use request::{Entity, EntityUid, PolicyRequest, Resource};
pub use scopes::ScopeMap;

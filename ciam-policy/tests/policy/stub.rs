//! A token verifier that knows a few tokens by heart, and engines of one mind.

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_core::{Principal, Timestamp};
use ciam_policy::{Decision, Guard, PolicyEngine, PolicyRequest};
use ciam_testkit::ManualClock;
use serde_json::{Value, json};

pub(crate) fn now() -> Timestamp {
    Timestamp::from_secs(1_800_000_000)
}

pub(crate) fn guard(engine: impl PolicyEngine) -> Guard {
    Guard::new(
        Arc::new(Verifier),
        Arc::new(engine),
        Arc::new(ManualClock::at(now())),
    )
}

pub(crate) fn principal(subject: &str, scopes: &str, claims: Value) -> Principal {
    Principal {
        issuer: "https://id.example.com".to_owned(),
        subject: subject.to_owned(),
        actor: None,
        client_id: "shop".to_owned(),
        scopes: scopes.parse().unwrap(),
        acr: None,
        amr: vec!["pwd".to_owned()],
        auth_time: Some(now()),
        expires_at: now() + std::time::Duration::from_secs(300),
        token_id: "1".to_owned(),
        claims: serde_json::from_value(claims).unwrap(),
    }
}

/// `alice` has no scope, `reader` is alice with `orders:read`, `strong` has acr
/// substantial too, `machine` is the client itself, `down` finds the keys gone.
pub(crate) struct Verifier;

#[async_trait]
impl TokenVerifier for Verifier {
    async fn verify(
        &self,
        shown: PresentedToken<'_>,
        _now: Timestamp,
    ) -> Result<Principal, TokenError> {
        match shown.token {
            "alice" => Ok(principal("alice", "", json!({ "shoe_size": 38 }))),
            "reader" => Ok(principal("alice", "orders:read", json!({}))),
            "strong" => Ok(Principal {
                acr: Some("substantial".to_owned()),
                ..principal("alice", "orders:read", json!({}))
            }),
            "liar" => Ok(principal("mallory", "", json!({ "acr": "substantial" }))),
            "ill-typed" => Ok(principal("alice", "", json!({ "age": "forty" }))),
            "machine" => Ok(principal("shop", "orders:read", json!({}))),
            "down" => Err(TokenError::Unavailable("no keys: secret detail".into())),
            _ => Err(TokenError::Invalid("unknown: secret detail".into())),
        }
    }
}

/// Always answers the same.
pub(crate) struct Always(pub(crate) Decision);

impl PolicyEngine for Always {
    fn decide(&self, _request: &PolicyRequest<'_>) -> Decision {
        self.0.clone()
    }
}

pub(crate) fn permit() -> Always {
    Always(Decision::permit(vec![]))
}

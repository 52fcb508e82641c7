//! The caller as an extractor.

use std::ops::Deref;

use axum::extract::FromRequestParts;
use http::request::Parts;

use ciam_policy::Refusal;

use crate::rejection::Rejection;

/// Who calls, for handlers behind [`bearer_auth`](crate::bearer_auth); all of
/// [`ciam_policy::Caller`] is reached through it.
///
/// A handler that wants one on a route without the layer answers 500 and says so:
/// it never runs without a verified caller.
#[derive(Clone, Debug)]
pub struct Caller(ciam_policy::Caller);

impl Deref for Caller {
    type Target = ciam_policy::Caller;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Rejection;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Rejection> {
        parts
            .extensions
            .get::<ciam_policy::Caller>()
            .cloned()
            .map(Self)
            .ok_or_else(|| Refusal::unguarded().into())
    }
}

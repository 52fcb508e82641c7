//! Refusals as answers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};

use ciam_policy::Refusal;

/// A refused request, as the error type of handlers and extractors.
///
/// The answer carries the [`Refusal`] in its extensions, where a layer that logs
/// finds the cause.
#[derive(Clone, Debug)]
pub struct Rejection(Refusal);

impl Rejection {
    /// What is behind it.
    pub fn refusal(&self) -> &Refusal {
        &self.0
    }
}

impl From<Refusal> for Rejection {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let mut response = self.0.response().map(Body::from);
        response.extensions_mut().insert(self.0);
        response
    }
}

impl std::fmt::Display for Rejection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Rejection {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source()
    }
}

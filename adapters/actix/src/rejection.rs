//! Refusals as answers.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use ciam_policy::Refusal;

use crate::convert;

/// A refused request, as the error type of handlers and extractors.
///
/// The answer carries the [`Refusal`] in its extensions, where middleware that logs
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

impl ResponseError for Rejection {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status().as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = convert::response(self.0.response());
        response.extensions_mut().insert(self.0.clone());
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

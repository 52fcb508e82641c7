//! Why a request is refused, and the answer that says so (RFC 6750 section 3, RFC 9470).

use std::error::Error;
use std::fmt::{self, Write as _};
use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use http::{Response, StatusCode};
use serde_json::{Map, Value};

use ciam_core::Scope;

use crate::decision::Decision;

/// A refused request. What the caller may know is in [`Refusal::response`], the
/// cause for the log in [`Error::source`].
#[derive(Clone, Debug)]
pub struct Refusal {
    kind: Kind,
    realm: Option<String>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    NoToken,
    Malformed(&'static str),
    InvalidToken,
    Denied {
        reason: Option<String>,
    },
    StepUp {
        acr_values: Vec<String>,
        max_age: Option<u64>,
        reason: Option<String>,
    },
    InsufficientScope {
        scope: String,
    },
    Unavailable,
    Unguarded,
}

impl Refusal {
    /// The route has no guard in front of it although its handler wants a caller:
    /// the application's own mistake, answered with 500. For adapters.
    pub fn unguarded() -> Self {
        Self::new(Kind::Unguarded)
    }

    /// No token was shown. The challenge then names no error (RFC 6750 section 3.1).
    pub(super) fn no_token() -> Self {
        Self::new(Kind::NoToken)
    }

    /// The request cannot be read: 400 `invalid_request`. For adapters; `what` is
    /// plain ASCII without quotes and says what is wrong.
    pub fn malformed(what: &'static str) -> Self {
        Self::new(Kind::Malformed(what))
    }

    pub(super) fn invalid_token(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self::new(Kind::InvalidToken).because(cause)
    }

    pub(super) fn unavailable(cause: Box<dyn Error + Send + Sync>) -> Self {
        Self::new(Kind::Unavailable).because(cause)
    }

    pub(super) fn denied(decision: &Decision) -> Self {
        let reason = decision.public_reason().map(str::to_owned);
        Self::new(Kind::Denied { reason }).because(Denied::by(decision).into())
    }

    pub(super) fn step_up(
        acr_values: &[String],
        max_age: Option<u64>,
        decision: &Decision,
    ) -> Self {
        Self::new(Kind::StepUp {
            acr_values: acr_values.to_vec(),
            max_age,
            reason: decision.public_reason().map(str::to_owned),
        })
        .because(Denied::by(decision).into())
    }

    pub(super) fn insufficient_scope(scope: &str) -> Self {
        Self::new(Kind::InsufficientScope {
            scope: scope.to_owned(),
        })
    }

    pub(super) fn with_realm(mut self, realm: Option<&str>) -> Self {
        self.realm = realm.map(str::to_owned);
        self
    }

    fn new(kind: Kind) -> Self {
        Self {
            kind,
            realm: None,
            cause: None,
        }
    }

    fn because(mut self, cause: Box<dyn Error + Send + Sync>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// The status code of the answer.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            Kind::NoToken | Kind::InvalidToken | Kind::StepUp { .. } => StatusCode::UNAUTHORIZED,
            Kind::Malformed(_) => StatusCode::BAD_REQUEST,
            Kind::Denied { .. } | Kind::InsufficientScope { .. } => StatusCode::FORBIDDEN,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Kind::Unguarded => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The error code; none where no token was shown.
    pub fn error(&self) -> Option<&'static str> {
        match self.kind {
            Kind::NoToken => None,
            Kind::Malformed(_) => Some("invalid_request"),
            Kind::InvalidToken => Some("invalid_token"),
            Kind::Denied { .. } => Some("access_denied"),
            Kind::StepUp { .. } => Some("insufficient_user_authentication"),
            Kind::InsufficientScope { .. } => Some("insufficient_scope"),
            Kind::Unavailable => Some("temporarily_unavailable"),
            Kind::Unguarded => Some("server_error"),
        }
    }

    /// The answer: a challenge where one is due, and a JSON body with `error` and
    /// `error_description`. Never to be cached.
    pub fn response(&self) -> Response<Bytes> {
        let mut response = Response::new(self.body());
        *response.status_mut() = self.status();
        let mut set = |name: HeaderName, value| response.headers_mut().insert(name, value);
        set(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        set(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(challenge) = self.challenge() {
            set(WWW_AUTHENTICATE, challenge);
        }
        if self.kind == Kind::Unavailable {
            set(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }

    fn body(&self) -> Bytes {
        let mut body = Map::new();
        if let Some(error) = self.error() {
            body.insert("error".to_owned(), error.into());
        }
        let description = self.reason().unwrap_or_else(|| self.description());
        body.insert("error_description".to_owned(), description.into());
        Bytes::from(Value::Object(body).to_string())
    }

    /// RFC 6750 section 3; none on our own faults.
    fn challenge(&self) -> Option<HeaderValue> {
        let mut parameters = Vec::new();
        if let Some(realm) = &self.realm {
            parameters.push(format!("realm=\"{realm}\""));
        }
        match &self.kind {
            Kind::Unavailable | Kind::Unguarded => return None,
            // A policy's denial is no matter of the token: nothing to say about it.
            Kind::NoToken | Kind::Denied { .. } => {}
            _ => {
                if let Some(error) = self.error() {
                    parameters.push(format!("error=\"{error}\""));
                }
                let description = self.description();
                parameters.push(format!("error_description=\"{description}\""));
            }
        }
        match &self.kind {
            Kind::StepUp {
                acr_values,
                max_age,
                ..
            } => {
                let acr_values: Vec<_> = acr_values
                    .iter()
                    .map(String::as_str)
                    .filter(|value| is_acr(value))
                    .collect();
                if !acr_values.is_empty() {
                    parameters.push(format!("acr_values=\"{}\"", acr_values.join(" ")));
                }
                if let Some(max_age) = max_age {
                    parameters.push(format!("max_age=\"{max_age}\""));
                }
            }
            Kind::InsufficientScope { scope } if scope.parse::<Scope>().is_ok() => {
                parameters.push(format!("scope=\"{scope}\""));
            }
            _ => {}
        }
        let mut challenge = "Bearer".to_owned();
        if !parameters.is_empty() {
            challenge.push(' ');
            challenge.push_str(&parameters.join(", "));
        }
        Some(
            HeaderValue::from_str(&challenge)
                .unwrap_or_else(|_| HeaderValue::from_static("Bearer")),
        )
    }

    /// The policy's sentence for the person.
    fn reason(&self) -> Option<&str> {
        match &self.kind {
            Kind::Denied { reason } | Kind::StepUp { reason, .. } => reason.as_deref(),
            _ => None,
        }
    }

    /// Plain ASCII without quotes: it also stands in the challenge.
    fn description(&self) -> &'static str {
        match self.kind {
            Kind::NoToken => "an access token is needed",
            Kind::Malformed(what) => what,
            Kind::InvalidToken => "the access token is not valid here",
            Kind::Denied { .. } => "this is not allowed",
            Kind::StepUp { .. } => "a stronger or more recent sign-in is needed",
            Kind::InsufficientScope { .. } => "the access token lacks the scope for this",
            Kind::Unavailable => "access tokens cannot be checked at the moment",
            Kind::Unguarded => "the route has no bearer_auth layer that would find out who calls",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.description())
    }
}

impl Error for Refusal {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let cause = self.cause.as_deref()?;
        Some(cause)
    }
}

/// A policy's denial, for the log.
#[derive(Debug)]
struct Denied(String);

impl Denied {
    fn by(decision: &Decision) -> Self {
        let policies: Vec<_> = decision.reasons().iter().map(|p| p.id.as_str()).collect();
        let mut text = if policies.is_empty() {
            "no policy permits it".to_owned()
        } else {
            format!("forbidden by {}", policies.join(", "))
        };
        for error in decision.errors() {
            // Writing to a text cannot fail.
            write!(text, "; {error}").ok();
        }
        Self(text)
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Denied {}

/// What a quoted string of a challenge can hold without escapes.
pub(super) fn quotable(text: &str) -> String {
    text.chars().filter(|&c| is_quotable(c)).collect()
}

fn is_quotable(c: char) -> bool {
    matches!(c, ' '..='~') && c != '"' && c != '\\'
}

fn is_acr(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| is_quotable(c) && c != ' ')
}

/// Whether the text names at least one `acr` and nothing that a challenge cannot hold.
#[cfg(feature = "cedar")]
pub(crate) fn is_acr_list(text: &str) -> bool {
    !text.trim().is_empty() && text.split_whitespace().all(is_acr)
}

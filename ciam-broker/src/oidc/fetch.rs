//! Asking a provider for JSON.

use bytes::Bytes;
use ciam_core::http_client::{HttpClient, HttpError};
use http::{HeaderMap, Request, StatusCode, header};

use crate::connector::ConnectorError;

/// An answer that is no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadAnswer {
    #[error("status {0}")]
    Status(StatusCode),
    #[error("the content type is not JSON")]
    ContentType,
    #[error("not the JSON that was asked for")]
    Json(#[source] serde_json::Error),
}

/// Gets JSON from `url`.
pub(super) async fn json(http: &dyn HttpClient, url: &str) -> Result<Bytes, ConnectorError> {
    let request = Request::get(url)
        .header(header::ACCEPT, "application/json")
        .body(Bytes::new())
        .map_err(|error| ConnectorError::Internal(error.into()))?;
    let answer = http.send(request).await.map_err(unanswered)?;
    if answer.status() != StatusCode::OK {
        return Err(unavailable(BadAnswer::Status(answer.status())));
    }
    if !is_json(answer.headers()) {
        return Err(unavailable(BadAnswer::ContentType));
    }
    Ok(answer.into_body())
}

/// Whether the content is `application/json`, or a structured kind of it
/// (`application/jwk-set+json`).
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let Some(kind) = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
    else {
        return false;
    };
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

pub(super) fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> ConnectorError {
    ConnectorError::Unavailable(Box::new(error))
}

/// What the guard refuses is no outage: no waiting helps.
pub(super) fn unanswered(error: HttpError) -> ConnectorError {
    match error {
        HttpError::Forbidden => {
            ConnectorError::Misconfigured("the provider's address is not allowed")
        }
        error => unavailable(error),
    }
}

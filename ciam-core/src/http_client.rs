//! HTTP outwards, as a port. Every fetched URL goes through one guarded implementation.

use async_trait::async_trait;
use bytes::Bytes;

/// Why a request got no usable answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// The URL is one this client never fetches (private address, scheme, port, credentials).
    #[error("the address is not allowed")]
    Forbidden,
    /// No connection, or the other side broke off.
    #[error("the other side could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// No answer within the time limit.
    #[error("the other side did not answer in time")]
    Timeout,
    /// The answer is longer than the limit.
    #[error("the answer is too large")]
    TooLarge,
}

/// Sends requests to other servers.
///
/// An implementation follows no redirect, stops at a time and a size limit,
/// checks the address it connects to (not only the name), and refuses private
/// addresses unless told otherwise.
#[async_trait]
pub trait HttpClient: Send + Sync + 'static {
    /// Sends one request and reads the whole answer, whatever its status.
    ///
    /// # Errors
    /// [`HttpError`] when there is no answer to read.
    async fn send(&self, request: http::Request<Bytes>)
    -> Result<http::Response<Bytes>, HttpError>;
}

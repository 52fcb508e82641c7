//! The public keys (RFC 7517 section 5), from memory.

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Response, StatusCode};

use crate::provider::Inner;
use crate::wire;

/// The JWK Set document.
pub(crate) fn get(inner: &Inner) -> Response<Bytes> {
    let keys = inner.keys.ring.public_jwks().as_bytes();
    let mut response = wire::empty(StatusCode::OK);
    *response.body_mut() = Bytes::copy_from_slice(keys);
    wire::set(&mut response, CONTENT_TYPE, "application/jwk-set+json");
    response
}

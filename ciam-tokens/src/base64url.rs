//! Base64url as segments need it (RFC 7515 2).

use ciam_core::encoding::b64url_decode;

use crate::error::JoseError;

pub(crate) use ciam_core::encoding::b64url_encode as encode;

/// Decodes. There is one accepted spelling per value: a second spelling of a
/// token would get past deny lists.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, JoseError> {
    b64url_decode(text).ok_or(JoseError::Parse("a segment is not base64url"))
}

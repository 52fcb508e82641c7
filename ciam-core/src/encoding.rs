//! base64url without padding (RFC 4648 section 5), in one strict form.

use base64_simd::URL_SAFE_NO_PAD;

/// Encodes without padding.
pub fn b64url_encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes)
}

/// Decodes; padding, blanks, the other alphabet and non-canonical last
/// characters are refused, so that one value has one spelling (RFC 7515 section 2).
///
/// ```
/// use ciam_core::encoding::b64url_decode;
///
/// assert_eq!(b64url_decode("AQ").as_deref(), Some(&[1][..]));
/// assert_eq!(b64url_decode("AQ=="), None);
/// assert_eq!(b64url_decode("AR"), None); // the unused bits are not zero
/// ```
pub fn b64url_decode(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode_to_vec(text.as_bytes()).ok()?;
    // Guards the strictness of the decoder: the same bytes must spell the same text.
    (b64url_encode(&bytes) == text).then_some(bytes)
}

/// Decodes exactly `N` bytes.
pub fn b64url_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    b64url_decode(text)?.try_into().ok()
}

/// Serde for byte vectors as base64url text.
pub mod bytes_as_b64url {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes base64url text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&super::b64url_encode(bytes))
    }

    /// Reads base64url text.
    ///
    /// # Errors
    /// When the text is not strict base64url.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        super::b64url_decode(&text).ok_or_else(|| D::Error::custom("not base64url"))
    }
}

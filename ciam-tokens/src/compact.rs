//! The compact serialization: segments between dots.

use std::fmt;

use zeroize::Zeroize;

use crate::error::JoseError;

/// Signed tokens longer than this are refused unread, in bytes.
pub const MAX_SIGNED: usize = 16 * 1024;
/// Encrypted tokens longer than this are refused unread, in bytes.
pub const MAX_ENCRYPTED: usize = 64 * 1024;

/// A signed token in compact serialization, as this crate made it or took it
/// out of an encrypted one. `Debug` does not show it: a token is a credential.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedToken(String);

impl SignedToken {
    pub(crate) fn new(compact: String) -> Self {
        Self(compact)
    }

    /// The text to send.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to send.
    #[must_use]
    pub fn into_string(mut self) -> String {
        std::mem::take(&mut self.0)
    }
}

impl Drop for SignedToken {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for SignedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignedToken([redacted])")
    }
}

/// Splits at the dots. The number of parts is looked at before the length and
/// never more than one part too many is looked for, so that a body of dots
/// costs nothing.
pub(crate) fn segments<'a, const N: usize>(
    compact: &'a str,
    max: usize,
    wrong_kind: (usize, &'static str),
) -> Result<[&'a str; N], JoseError> {
    let parts: Vec<&str> = compact.splitn(N.max(wrong_kind.0) + 1, '.').collect();
    if parts.len() == wrong_kind.0 {
        return Err(JoseError::Type(wrong_kind.1));
    }
    let parts: [&'a str; N] = parts
        .try_into()
        .map_err(|_| JoseError::Parse("not the number of segments"))?;
    if compact.len() > max {
        return Err(JoseError::TooLarge("the token"));
    }
    Ok(parts)
}

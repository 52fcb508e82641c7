//! Names of keys.

use std::fmt;

use crate::error::JoseError;

/// The name of a key, `kid` (RFC 7517 4.5): up to 128 visible ASCII
/// characters.
///
/// It is only ever compared with the names of keys that are already held, and
/// never becomes a path, a query or an address (RFC 8725 3.10).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(String);

impl KeyId {
    /// Reads a `kid`.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when it is empty, longer than 128 characters, or has
    /// others than visible ASCII ones.
    pub fn parse(kid: &str) -> Result<Self, JoseError> {
        if kid.is_empty() || kid.len() > 128 || !kid.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(JoseError::Key("`kid` is not an acceptable name"));
        }
        Ok(Self(kid.to_owned()))
    }

    /// The name as it stands in headers.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn from_thumbprint(thumbprint: String) -> Self {
        Self(thumbprint)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! The algorithms, as closed choices.

use std::fmt;

use crate::error::JoseError;

/// How a token is signed (RFC 7518 3.1).
///
/// `none` and everything with a shared secret have no variant on purpose:
/// what cannot be said cannot be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SigningAlgorithm {
    /// `ES256`: ECDSA on P-256 with SHA-256 (RFC 7518 3.4).
    Es256,
}

impl SigningAlgorithm {
    /// The value of `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
        }
    }

    /// Reads a value of `alg`; the comparison is case-sensitive (RFC 7515 4.1.1).
    ///
    /// # Errors
    ///
    /// [`JoseError::Algorithm`] for `none` and all that is not supported.
    pub fn parse(alg: &str) -> Result<Self, JoseError> {
        match alg {
            "ES256" => Ok(Self::Es256),
            _ => Err(JoseError::Algorithm("`alg` is not a supported signature")),
        }
    }
}

impl fmt::Display for SigningAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the content encryption key is agreed on (RFC 7518 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum KeyManagement {
    /// `ECDH-ES`: ephemeral-static Diffie-Hellman on P-256, direct key
    /// agreement (RFC 7518 4.6).
    EcdhEs,
}

impl KeyManagement {
    /// The value of `alg`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::EcdhEs => "ECDH-ES",
        }
    }

    /// Reads a value of `alg`.
    ///
    /// # Errors
    ///
    /// [`JoseError::Algorithm`] for `RSA1_5`, `PBES2-*`, `dir` and all else
    /// that is not supported.
    pub fn parse(alg: &str) -> Result<Self, JoseError> {
        match alg {
            "ECDH-ES" => Ok(Self::EcdhEs),
            _ => Err(JoseError::Algorithm(
                "`alg` is not a supported key management",
            )),
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How the content is encrypted (RFC 7518 5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentEncryption {
    /// `A256GCM`: AES in Galois/Counter Mode with a 256-bit key (RFC 7518 5.3).
    A256Gcm,
}

impl ContentEncryption {
    /// The value of `enc`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A256Gcm => "A256GCM",
        }
    }

    /// Reads a value of `enc`.
    ///
    /// # Errors
    ///
    /// [`JoseError::Algorithm`] for all that is not supported.
    pub fn parse(enc: &str) -> Result<Self, JoseError> {
        match enc {
            "A256GCM" => Ok(Self::A256Gcm),
            _ => Err(JoseError::Algorithm(
                "`enc` is not a supported content encryption",
            )),
        }
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

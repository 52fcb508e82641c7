//! Ports: what a private key does, wherever it lies.
//!
//! A key of this process ([`SigningKey`](crate::SigningKey),
//! [`DecryptKey`](crate::DecryptKey)) answers at once, without a future. A key
//! in an HSM or a key management service answers through the asynchronous
//! methods. Only what needs the private key is asked of it: claims, headers
//! and the content of tokens never leave the process.

mod decrypter;
mod signer;

use ciam_core::token::TokenError;

use crate::error::JoseError;

pub use decrypter::Decrypter;
pub use signer::{Signature, Signer};

/// Why a private key gave no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrivateKeyError {
    /// What it was asked for cannot be done: most often because of the token.
    #[error(transparent)]
    Refused(#[from] JoseError),
    /// It cannot be reached now. That is never the token's fault.
    #[error("the private key cannot be reached")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// For tokens that are read: a bad token is the caller's fault, a key or
/// library that fails is ours.
impl From<PrivateKeyError> for TokenError {
    fn from(error: PrivateKeyError) -> Self {
        match error {
            PrivateKeyError::Refused(cause @ JoseError::Crypto(_)) => {
                Self::Unavailable(cause.into())
            }
            PrivateKeyError::Refused(cause) => Self::Invalid(cause.into()),
            unavailable @ PrivateKeyError::Unavailable(_) => Self::Unavailable(unavailable.into()),
        }
    }
}

//! Keys, each type for one duty and each value bound to one algorithm, so
//! that a key cannot be used for what it is not for (RFC 8725 3.1).

mod decrypt;
mod encrypt;
mod id;
mod point;
mod private_jwk;
mod signing;
mod verify;

pub use decrypt::{DecryptKey, DecryptKeySet};
pub use encrypt::{EncryptKey, EncryptKeySet};
pub use id::KeyId;
pub use signing::SigningKey;
pub use verify::{VerifyKey, VerifyKeySet};

pub(crate) use point::P256Point;

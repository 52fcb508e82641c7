//! Identifiers, each a type of its own, so that they cannot be mixed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::crypto;
use crate::encoding::{b64url_array, b64url_encode};
use crate::issuer::Issuer;
use crate::outside::{Entropy, random};

/// The text is not an identifier of the wanted kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {0}")]
pub struct IdError(&'static str);

/// Defines an identifier of 128 random bits, written as 22 characters of base64url.
macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Draws a new one.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                Self(random(entropy))
            }

            /// From its 16 bytes.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// Its 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&b64url_encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                b64url_array(text).map(Self).ok_or(IdError($what))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

random_id! {
    /// A tenant. A tenant is an issuer: [`TenantId::of`] derives it.
    TenantId, "tenant id"
}
random_id! {
    /// A subject: a person, as this provider knows them. Never used again after erasure.
    SubjectId, "subject id"
}
random_id! {
    /// A grant: what a subject, or a client for itself, has allowed a client.
    /// Its bytes are also the [`Route`](crate::store::Route) of every code and token of it.
    GrantId, "grant id"
}
random_id! {
    /// A session's public name (`sid`); the cookie holds another, secret value.
    SessionId, "session id"
}

impl TenantId {
    /// The tenant of an issuer: the first 128 bits of the issuer's SHA-256.
    pub fn of(issuer: &Issuer) -> Self {
        let digest = crypto::sha256(issuer.as_str().as_bytes());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        Self(bytes)
    }
}

/// Defines an identifier that somebody chose: printable ASCII without blanks,
/// 1 to 128 characters (VSCHAR, RFC 6749 appendix A).
macro_rules! chosen_id {
    ($(#[$doc:meta])* $name:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let fits = (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
                fits.then(|| Self(text.to_owned())).ok_or(IdError($what))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

chosen_id! {
    /// A client (RFC 6749 section 2.2).
    ClientId, "client id"
}
chosen_id! {
    /// A connection: one stored sign-in option or upstream identity provider.
    ConnectionId, "connection id"
}

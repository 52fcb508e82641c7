//! Handles: what a client or a browser holds of a record.

use std::fmt;

use crate::crypto::{self, Digest};
use crate::encoding::{b64url_array, b64url_encode};
use crate::id::GrantId;
use crate::outside::{Entropy, random};
use crate::secret::Secret;

/// 16 random bytes, drawn per grant (per record where there is none), carried in
/// clear at the front of every code, request and refresh token. The shard key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Route(pub [u8; 16]);

impl Route {
    /// Draws a route for a record without a grant.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(random(entropy))
    }
}

impl From<GrantId> for Route {
    fn from(grant: GrantId) -> Self {
        Self(*grant.as_bytes())
    }
}

/// Where a record is stored: the route in clear, and the digest of the whole handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The shard.
    pub route: Route,
    /// SHA-256 of the handle.
    pub digest: Digest,
}

/// A bearer secret for one record: route and 32 secret bytes, 64 characters of
/// base64url. Codes, refresh tokens and interaction ids are handles; stores see
/// their [`Key`] alone.
///
/// ```
/// use ciam_core::{SystemEntropy, store::{Handle, Route}};
///
/// let handle = Handle::generate(&SystemEntropy, Route::generate(&SystemEntropy));
/// let text = handle.reveal();
/// assert_eq!(text.len(), 64);
/// assert_eq!(Handle::parse(&text).map(|h| h.key()), Some(handle.key()));
/// assert_eq!(format!("{handle:?}"), "Handle([redacted])");
/// ```
#[derive(Clone)]
pub struct Handle(Secret<[u8; 48]>);

impl Handle {
    /// Draws a new one on `route`.
    pub fn generate(entropy: &dyn Entropy, route: Route) -> Self {
        let mut bytes = [0; 48];
        entropy.fill(&mut bytes);
        for (to, from) in bytes.iter_mut().zip(route.0) {
            *to = from;
        }
        Self(Secret::new(bytes))
    }

    /// Reads one; `None` when the text cannot be a handle.
    pub fn parse(text: &str) -> Option<Self> {
        b64url_array(text).map(|bytes| Self(Secret::new(bytes)))
    }

    /// The text for the client or the browser.
    pub fn reveal(&self) -> String {
        b64url_encode(self.0.expose())
    }

    /// The route it carries.
    pub fn route(&self) -> Route {
        let mut route = [0; 16];
        for (to, from) in route.iter_mut().zip(self.0.expose()) {
            *to = *from;
        }
        Route(route)
    }

    /// Where its record is stored.
    pub fn key(&self) -> Key {
        Key {
            route: self.route(),
            digest: crypto::sha256(self.0.expose()),
        }
    }

    /// A key derived from this handle, under which only its holder can read (`purpose` keeps uses apart).
    pub fn derive(&self, purpose: &[u8]) -> Secret<[u8; 32]> {
        let key = crypto::HmacKey::new(&crypto::sha256(
            &[b"derive", self.0.expose().as_slice()].concat(),
        ));
        Secret::new(crypto::hmac_sha256(&key, &[purpose]))
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle([redacted])")
    }
}

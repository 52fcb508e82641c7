//! What only the holder of a handle can read: the key derives from the handle, and
//! the store has no more than its digest.

use ciam_core::Secret;
use ciam_core::crypto::aead::AeadKey;
use ciam_core::store::Handle;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::provider::Inner;

/// What is sealed; each kind has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealed {
    /// A sign-in under way.
    Interaction,
    /// A brokered sign-in at another provider.
    Transaction,
    /// The refresh token that follows the handle.
    Successor,
}

impl Sealed {
    pub(crate) fn seal(
        self,
        inner: &Inner,
        handle: &Handle,
        value: &impl Serialize,
    ) -> Result<Vec<u8>, Failure> {
        let plain = Secret::new(serde_json::to_vec(value).map_err(Failure::internal)?);
        let entropy = inner.entropy.as_ref();
        self.key(handle)?
            .seal(entropy, inner.tenant.as_bytes(), plain.expose())
            .map_err(Failure::internal)
    }

    pub(crate) fn open<T: DeserializeOwned>(
        self,
        inner: &Inner,
        handle: &Handle,
        sealed: &[u8],
    ) -> Result<T, Failure> {
        let plain = self
            .key(handle)?
            .open(inner.tenant.as_bytes(), sealed)
            .map(Secret::new)
            .map_err(Failure::internal)?;
        serde_json::from_slice(plain.expose()).map_err(Failure::internal)
    }

    fn key(self, handle: &Handle) -> Result<AeadKey, Failure> {
        AeadKey::new(handle.derive(self.purpose()).expose()).map_err(Failure::internal)
    }

    const fn purpose(self) -> &'static [u8] {
        match self {
            Self::Interaction => b"interaction",
            Self::Transaction => b"transaction",
            Self::Successor => b"refresh token successor",
        }
    }
}

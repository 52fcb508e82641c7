//! The provider's keys: those that sign and decrypt, the one that seals, and
//! the one by which people are looked up.

use std::sync::Arc;

use ciam_broker::ClientKeys;
use ciam_core::account::LookupKey;
use ciam_core::seal::{KeyWrapper, SealError};
use ciam_core::{Clock, Issuer, RootKey, Stores, SystemClock, SystemEntropy, TenantId};
use ciam_tokens::{DecryptKeySet, KeyRing, KeyRingError, Signer};

/// All keys of one provider, opened.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
/// use ciam_core::{Issuer, RootKey, Stores, store::memory::MemoryStore};
/// use ciam_idp::Keys;
///
/// let issuer: Issuer = "https://id.example.com".parse()?;
/// let stores = Stores::from_one(Arc::new(MemoryStore::new()));
/// let keys = Keys::open(&issuer, &stores, &RootKey::new([7; 32])).await?;
/// # let _ = keys;
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Keys {
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) wrapper: Arc<dyn KeyWrapper>,
    pub(crate) lookup: LookupKey,
}

/// Why the keys could not be opened; nothing was written then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The store holds keys that this root key does not open.
    #[error(
        "the keys in the store were sealed with another root key; start with the root key that belongs to this store"
    )]
    WrongRootKey,
    /// The root key cannot be used.
    #[error("the root key cannot be used")]
    Seal(#[source] SealError),
    /// The keys cannot be loaded.
    #[error("the provider's keys cannot be loaded")]
    Ring(#[source] KeyRingError),
}

impl Keys {
    /// Opens the keys of an issuer; makes, seals and stores them when there are none.
    ///
    /// # Errors
    /// [`KeysError`]; its text is one line that says what to do.
    pub async fn open(issuer: &Issuer, stores: &Stores, root: &RootKey) -> Result<Self, KeysError> {
        let wrapper = root.wrapper(SystemEntropy).map_err(KeysError::Seal)?;
        let tenant = TenantId::of(issuer);
        let now = SystemClock.now();
        let ring = KeyRing::load_or_create(&tenant, stores.keys.as_ref(), wrapper.as_ref(), now)
            .await
            .map_err(|error| match error {
                KeyRingError::Seal(SealError::Corrupt) => KeysError::WrongRootKey,
                other => KeysError::Ring(other),
            })?;
        Ok(Self {
            ring: Arc::new(ring),
            wrapper,
            lookup: root.lookup_key(),
        })
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keys")
            .field("ring", &self.ring)
            .finish_non_exhaustive()
    }
}

/// The same keys where the provider is a client itself, of other providers.
pub(crate) struct RingClientKeys(pub(crate) Arc<KeyRing>);

impl ClientKeys for RingClientKeys {
    fn signing(&self) -> Option<Arc<dyn Signer>> {
        Some(Arc::clone(self.0.signing()))
    }

    fn decrypters(&self) -> DecryptKeySet {
        self.0.decrypt_keys().clone()
    }
}

//! The keys with which we appear at other providers.

use std::sync::Arc;

use ciam_tokens::{DecryptKeySet, KeyRing, Signer};

/// Our own keys, as a client of other providers. They are asked for at each
/// use, so that rotation shows at once. The private halves lie in this process
/// or in a key service.
pub trait ClientKeys: Send + Sync + 'static {
    /// The key that signs client assertions (RFC 7523), if it is there now.
    fn signing(&self) -> Option<Arc<dyn Signer>>;

    /// The keys that open tokens encrypted to us.
    fn decrypters(&self) -> DecryptKeySet;
}

/// Keys that never change: for tests and small set-ups.
#[derive(Clone, Debug)]
pub struct FixedClientKeys {
    signing: Arc<dyn Signer>,
    decrypters: DecryptKeySet,
}

impl FixedClientKeys {
    /// These keys.
    pub fn new(signing: Arc<dyn Signer>, decrypters: DecryptKeySet) -> Self {
        Self {
            signing,
            decrypters,
        }
    }
}

impl ClientKeys for FixedClientKeys {
    fn signing(&self) -> Option<Arc<dyn Signer>> {
        Some(self.signing.clone())
    }

    fn decrypters(&self) -> DecryptKeySet {
        self.decrypters.clone()
    }
}

impl ClientKeys for KeyRing {
    fn signing(&self) -> Option<Arc<dyn Signer>> {
        Some(Self::signing(self).clone())
    }

    fn decrypters(&self) -> DecryptKeySet {
        self.decrypt_keys().clone()
    }
}

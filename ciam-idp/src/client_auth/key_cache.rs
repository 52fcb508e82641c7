use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ciam_core::crypto::Digest;
use ciam_core::jwk::JwkSetDocument;
use ciam_tokens::{JwkSet, VerifyKeySet};

/// Parsed keys of clients, by the digest of their document.
#[derive(Default)]
pub(crate) struct ClientKeyCache(Mutex<HashMap<Digest, Arc<VerifyKeySet>>>);

impl ClientKeyCache {
    /// The keys that check signatures. A document that does not parse has none,
    /// and an empty set accepts nothing.
    pub(crate) fn parsed(&self, document: &JwkSetDocument) -> Arc<VerifyKeySet> {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = cache.get(document.digest()) {
            return Arc::clone(known);
        }
        let set = JwkSet::parse(document.as_str().as_bytes()).unwrap_or_default();
        let keys = Arc::new(VerifyKeySet::from_jwk_set(&set));
        if cache.len() >= LIMIT {
            cache.clear();
        }
        cache.insert(*document.digest(), Arc::clone(&keys));
        keys
    }
}

const LIMIT: usize = 1_024;

//! The keys of providers (OIDC Core 10.1.1): a [`RemoteKeySet`] for each address.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ciam_core::http_client::{HttpClient, HttpError};
use ciam_tokens::{KeySourceError, RemoteKeySet};
use http::Uri;
use url::Url;

use super::fetch::{unanswered, unavailable};
use crate::connector::{ConnectorError, Rejection};

/// Keys by the address they come from.
pub(super) struct KeySets {
    http: Arc<dyn HttpClient>,
    sets: Mutex<HashMap<Url, Arc<RemoteKeySet>>>,
}

impl KeySets {
    pub(super) fn new(http: Arc<dyn HttpClient>) -> Self {
        Self {
            http,
            sets: Mutex::default(),
        }
    }

    /// The keys at `url`, fetched when they are first needed.
    pub(super) fn at(&self, url: &Url) -> Result<Arc<RemoteKeySet>, Rejection> {
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = sets.get(url) {
            return Ok(Arc::clone(known));
        }
        let uri: Uri = url
            .as_str()
            .parse()
            .map_err(|_| Rejection::Metadata("`jwks_uri` cannot be asked"))?;
        // A provider may name another address every time; connections are few.
        if sets.len() >= LIMIT {
            sets.clear();
        }
        let set = Arc::new(RemoteKeySet::new(Arc::clone(&self.http), uri));
        sets.insert(url.clone(), Arc::clone(&set));
        Ok(set)
    }
}

/// Why there are no keys.
pub(super) fn no_keys(error: KeySourceError) -> ConnectorError {
    match error.0.downcast::<HttpError>() {
        Ok(error) => unanswered(*error),
        Err(cause) => unavailable(KeySourceError(cause)),
    }
}

const LIMIT: usize = 1_024;

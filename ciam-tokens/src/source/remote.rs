//! Keys that an issuer publishes at its `jwks_uri`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_core::Timestamp;
use ciam_core::http_client::HttpClient;
use http::header::{ACCEPT, CACHE_CONTROL};
use http::{Request, Response, StatusCode, Uri};

use crate::jwk_set::JwkSet;
use crate::key::{KeyId, VerifyKeySet};
use crate::source::{KeySourceError, VerifyKeySource};

/// The keys at a `jwks_uri`, kept as long as the answer says (1 minute to
/// 24 hours, 5 minutes when it says nothing). When the other side fails, the keys
/// at hand stay good for 24 hours more.
///
/// Whoever needs keys while they are fetched waits for that one answer. A key that
/// is not known makes it look again, once: after that, and after a failure, it
/// does not ask for a minute. Made-up key names must not become requests
/// (RFC 8725 3.10), and a side that is down is not asked by everybody.
pub struct RemoteKeySet {
    client: Arc<dyn HttpClient>,
    uri: Uri,
    state: Mutex<State>,
    /// Held by the one that asks.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    keys: Option<Arc<VerifyKeySet>>,
    fresh_until: Timestamp,
    rest_until: Timestamp,
    /// How many requests have ended, one way or the other.
    ended: u64,
}

/// It was asked less than a minute ago.
#[derive(Debug, thiserror::Error)]
#[error("they could not be fetched a moment ago")]
struct Resting;

impl State {
    fn is_fresh(&self, now: Timestamp) -> bool {
        self.keys.is_some() && now < self.fresh_until
    }

    /// The keys at hand, when they are not too old to be used at all.
    fn usable(&self, now: Timestamp) -> Option<Arc<VerifyKeySet>> {
        self.keys.clone().filter(|_| now < self.fresh_until + GRACE)
    }
}

impl RemoteKeySet {
    /// Keys at this address, fetched when first needed.
    #[must_use]
    pub fn new(client: Arc<dyn HttpClient>, uri: Uri) -> Self {
        Self {
            client,
            uri,
            state: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(&self) -> Result<(VerifyKeySet, Duration), KeySourceError> {
        let request = Request::get(self.uri.clone())
            .header(ACCEPT, "application/jwk-set+json, application/json")
            .body(Bytes::new())
            .map_err(|cause| KeySourceError(cause.into()))?;
        let response = self
            .client
            .send(request)
            .await
            .map_err(|cause| KeySourceError(cause.into()))?;
        if response.status() != StatusCode::OK {
            let said = format!("the answer was {}", response.status());
            return Err(KeySourceError(said.into()));
        }
        let set = JwkSet::parse(response.body()).map_err(|cause| KeySourceError(cause.into()))?;
        Ok((VerifyKeySet::from_jwk_set(&set), max_age(&response)))
    }
}

#[async_trait]
impl VerifyKeySource for RemoteKeySet {
    fn held(&self, now: Timestamp) -> Option<Arc<VerifyKeySet>> {
        let state = self.state();
        state.keys.clone().filter(|_| state.is_fresh(now))
    }

    async fn fetched(
        &self,
        _kid: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<Arc<VerifyKeySet>, KeySourceError> {
        let ended = self.state().ended;
        let _turn = self.turn.lock().await;
        let looked_again = {
            let state = self.state();
            // Somebody else's request has ended since, and its answer is ours too.
            if state.ended != ended || now < state.rest_until {
                return state
                    .usable(now)
                    .ok_or_else(|| KeySourceError(Resting.into()));
            }
            // Keys that are fresh and do not help.
            state.is_fresh(now)
        };
        let given_up = GivenUp { keys: self, now };
        let answer = self.fetch().await;
        std::mem::forget(given_up);
        let mut state = self.state();
        state.ended = state.ended.wrapping_add(1);
        match answer {
            Ok((keys, max_age)) => {
                let keys = Arc::new(keys);
                state.keys = Some(Arc::clone(&keys));
                state.fresh_until = now + max_age;
                if looked_again {
                    state.rest_until = now + REST;
                }
                Ok(keys)
            }
            Err(error) => {
                state.rest_until = now + REST;
                state.usable(now).ok_or(error)
            }
        }
    }
}

/// A caller that goes away takes its fetch along. So that strangers cannot cause a
/// fetch each, there is a pause then; it is short, so that they cannot keep a new
/// key unknown either.
struct GivenUp<'a> {
    keys: &'a RemoteKeySet,
    now: Timestamp,
}

impl Drop for GivenUp<'_> {
    fn drop(&mut self) {
        let mut state = self.keys.state();
        state.ended = state.ended.wrapping_add(1);
        state.rest_until = self.now + SHORT_REST;
    }
}

impl std::fmt::Debug for RemoteKeySet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RemoteKeySet")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}

fn max_age<T>(response: &Response<T>) -> Duration {
    response
        .headers()
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|directive| directive.trim().strip_prefix("max-age=")?.parse().ok())
        .map_or(DEFAULT_AGE, Duration::from_secs)
        .clamp(MIN_AGE, MAX_AGE)
}

const DEFAULT_AGE: Duration = Duration::from_secs(5 * 60);
const MIN_AGE: Duration = Duration::from_secs(60);
const MAX_AGE: Duration = Duration::from_secs(24 * 60 * 60);
/// How long nobody asks after a failure, or after a look that did not help.
const REST: Duration = Duration::from_secs(60);
/// The pause after a fetch that its caller gave up.
const SHORT_REST: Duration = Duration::from_secs(5);
/// How long keys stay good when they cannot be fetched.
const GRACE: Duration = Duration::from_secs(24 * 60 * 60);

//! Where the keys that check signatures come from.

mod remote;

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::Timestamp;

use crate::algorithm::SigningAlgorithm;
use crate::key::{KeyId, VerifyKeySet};

pub use remote::RemoteKeySet;

/// The keys cannot be had at the moment. That is never the token's fault.
#[derive(Debug, thiserror::Error)]
#[error("the keys cannot be fetched")]
pub struct KeySourceError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where a verifier gets the keys of an issuer from.
#[async_trait]
pub trait VerifyKeySource: Send + Sync + 'static {
    /// The keys at hand, without waiting; `None` when there are none that are
    /// still good.
    fn held(&self, now: Timestamp) -> Option<Arc<VerifyKeySet>>;

    /// The keys, fetched anew when that can help: because none are held, or
    /// because the held ones lack `kid`.
    ///
    /// # Errors
    ///
    /// [`KeySourceError`] when they cannot be fetched and none are held that can
    /// still be used.
    async fn fetched(
        &self,
        kid: Option<&KeyId>,
        now: Timestamp,
    ) -> Result<Arc<VerifyKeySet>, KeySourceError>;
}

/// The set of the source that has the key, or at least the newest one.
pub(crate) async fn keys_for(
    source: &dyn VerifyKeySource,
    kid: Option<&KeyId>,
    algorithm: SigningAlgorithm,
    now: Timestamp,
) -> Result<Arc<VerifyKeySet>, KeySourceError> {
    match source.held(now) {
        Some(held) if held.select(kid, algorithm).is_ok() => Ok(held),
        _ => source.fetched(kid, now).await,
    }
}

/// Keys that are known from the start.
#[async_trait]
impl VerifyKeySource for VerifyKeySet {
    fn held(&self, _now: Timestamp) -> Option<Arc<Self>> {
        Some(Arc::new(self.clone()))
    }

    async fn fetched(
        &self,
        _kid: Option<&KeyId>,
        _now: Timestamp,
    ) -> Result<Arc<Self>, KeySourceError> {
        Ok(Arc::new(self.clone()))
    }
}

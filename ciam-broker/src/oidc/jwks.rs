//! The keys of providers (OIDC Core 10.1.1).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ciam_core::Timestamp;
use ciam_core::http_client::HttpClient;
use ciam_tokens::{JwkSet, VerifyKeySet};
use url::Url;

use super::fetch::{self, unavailable};
use super::metadata::Resting;
use crate::connector::ConnectorError;

/// Parsed keys by the address they came from.
#[derive(Default)]
pub(super) struct JwksCache {
    entries: Mutex<HashMap<Url, Entry>>,
}

#[derive(Clone, Default)]
struct Entry {
    good: Option<(Timestamp, Arc<VerifyKeySet>)>,
    /// The last time that a fetch failed, or was made though keys were there.
    asked_at: Option<Timestamp>,
}

impl JwksCache {
    /// The keys, at most an hour old. While they cannot be fetched, those that
    /// are known serve for a day.
    pub(super) async fn keys(
        &self,
        http: &dyn HttpClient,
        url: &Url,
        now: Timestamp,
    ) -> Result<Arc<VerifyKeySet>, ConnectorError> {
        let known = self.entry(url).good;
        if let Some((at, keys)) = &known
            && now.since(*at) < FRESH
        {
            return Ok(keys.clone());
        }
        let answer = match self.again(http, url, now).await {
            Ok(None) => Err(unavailable(Resting)),
            Ok(Some(keys)) => return Ok(keys),
            Err(error) => Err(error),
        };
        known
            .filter(|(at, _)| now.since(*at) < STALE)
            .map_or(answer, |(_, keys)| Ok(keys))
    }

    /// Fetches the keys anew because none fitted. `None` when that, or a
    /// failure, was less than a minute ago: strangers can make tokens without a
    /// fitting key, and must not make us ask each time.
    pub(super) async fn again(
        &self,
        http: &dyn HttpClient,
        url: &Url,
        now: Timestamp,
    ) -> Result<Option<Arc<VerifyKeySet>>, ConnectorError> {
        let rests = self.change(url, |entry| {
            let rests = entry.asked_at.is_some_and(|at| now.since(at) < REST);
            if !rests && entry.good.is_some() {
                // Before asking, so that of many at once one asks. Not at the
                // first time: all then have to wait for an answer.
                entry.asked_at = Some(now);
            }
            rests
        });
        if rests {
            return Ok(None);
        }
        let fetched = fetch_keys(http, url).await.map(Arc::new);
        self.change(url, |entry| match &fetched {
            Ok(keys) => entry.good = Some((now, keys.clone())),
            Err(_) => entry.asked_at = Some(now),
        });
        fetched.map(Some)
    }

    /// The keys that are known at the moment, however old.
    pub(super) fn known(&self, url: &Url) -> Option<Arc<VerifyKeySet>> {
        self.entry(url).good.map(|(_, keys)| keys)
    }

    fn entry(&self, url: &Url) -> Entry {
        self.change(url, |entry| entry.clone())
    }

    fn change<T>(&self, url: &Url, change: impl FnOnce(&mut Entry) -> T) -> T {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        change(entries.entry(url.clone()).or_default())
    }
}

async fn fetch_keys(http: &dyn HttpClient, url: &Url) -> Result<VerifyKeySet, ConnectorError> {
    let body = fetch::json(http, url.as_str()).await?;
    let set = JwkSet::parse(&body).map_err(unavailable)?;
    Ok(VerifyKeySet::from_jwk_set(&set))
}

const FRESH: Duration = Duration::from_secs(60 * 60);
const STALE: Duration = Duration::from_secs(24 * 60 * 60);
const REST: Duration = Duration::from_secs(60);

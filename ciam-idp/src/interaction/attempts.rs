//! How often somebody may try to sign in (NIST SP 800-63B-4 section 3.2.2).

use std::net::IpAddr;
use std::time::Duration;

use ciam_core::Timestamp;
use ciam_core::account::IdentifierDigest;
use ciam_core::crypto::{Digest, sha256};
use ciam_core::store::Rate;

use crate::failure::Failure;
use crate::peer::Peer;
use crate::provider::Inner;

/// An attempt that may be looked at.
pub(super) struct Attempt {
    source: Option<Digest>,
    person: Digest,
}

/// Counts an attempt before it is looked at, so that parallel ones are all counted;
/// the moment of the next one when there were too many.
///
/// `version` is the one of the credential: a success raises it and so begins a new
/// count, and people who sign in often are not locked out by it. An unknown name is
/// counted as the name of somebody would be.
pub(super) async fn count(
    inner: &Inner,
    peer: &Peer,
    identifier: &IdentifierDigest,
    version: u64,
    now: Timestamp,
) -> Result<Result<Attempt, Timestamp>, Failure> {
    let source = peer
        .address
        .map(|address| sha256(&[b"sign-in from ", network(address.ip()).as_slice()].concat()));
    if let Some(source) = &source {
        // Never given back: each attempt costs a password hash, also a right one.
        let all = sha256(&[b"all of ", source.as_slice()].concat());
        for (key, limit) in [(&all, ALL_OF_ONE_SOURCE), (source, FROM_ONE_SOURCE)] {
            if let Rate::RetryAt(at) = take(inner, key, limit, now).await? {
                return Ok(Err(at));
            }
        }
    }
    let parts: [&[u8]; 3] = [b"sign-in as ", &identifier.0, &version.to_be_bytes()];
    let person = sha256(&parts.concat());
    match take(inner, &person, AS_ONE_PERSON, now).await? {
        Rate::Allowed => Ok(Ok(Attempt { source, person })),
        Rate::RetryAt(at) => Ok(Err(at)),
    }
}

impl Attempt {
    /// The secret was right: of a source only failures count, since many honest
    /// people may share one.
    pub(super) async fn succeeded(self, inner: &Inner, now: Timestamp) {
        give_back(inner, self.source.as_ref(), now).await;
    }

    /// The secret was not looked at.
    pub(super) async fn came_to_nothing(self, inner: &Inner, now: Timestamp) {
        give_back(inner, self.source.as_ref(), now).await;
        give_back(inner, Some(&self.person), now).await;
    }
}

/// What cannot be given back stays counted, and nobody fails for it.
async fn give_back(inner: &Inner, key: Option<&Digest>, now: Timestamp) {
    if let Some(key) = key {
        let _counted = inner.stores.rates.give_back(&inner.tenant, key, now).await;
    }
}

async fn take(inner: &Inner, key: &Digest, limit: u32, now: Timestamp) -> Result<Rate, Failure> {
    let rates = &inner.stores.rates;
    Ok(rates.take(&inner.tenant, key, limit, WINDOW, now).await?)
}

/// An IPv6 source is its /64: one household or host has at least that many addresses.
fn network(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().into_iter().take(8).collect(),
    }
}

/// Attempts in a row.
const AS_ONE_PERSON: u32 = 5;
/// Failed attempts, whoever they are for.
const FROM_ONE_SOURCE: u32 = 90;
/// Attempts, good ones among them.
const ALL_OF_ONE_SOURCE: u32 = 1_000;
const WINDOW: Duration = Duration::from_secs(15 * 60);

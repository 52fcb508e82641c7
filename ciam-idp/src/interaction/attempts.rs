//! How often somebody may try to sign in (NIST SP 800-63B-4 section 3.2.2).

use std::net::IpAddr;
use std::time::Duration;

use ciam_core::Timestamp;
use ciam_core::account::IdentifierDigest;
use ciam_core::crypto::sha256;
use ciam_core::store::Rate;

use crate::failure::Failure;
use crate::peer::Peer;
use crate::provider::Inner;

/// Counts an attempt before it is looked at, so that parallel ones are all counted.
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
) -> Result<Rate, Failure> {
    if let Some(address) = peer.address {
        let key = sha256(&[b"sign-in from ", network(address.ip()).as_slice()].concat());
        let rate = take(inner, &key, FROM_ONE_SOURCE, now).await?;
        if rate != Rate::Allowed {
            return Ok(rate);
        }
    }
    let parts: [&[u8]; 3] = [b"sign-in as ", &identifier.0, &version.to_be_bytes()];
    take(inner, &sha256(&parts.concat()), AS_ONE_PERSON, now).await
}

async fn take(inner: &Inner, key: &[u8; 32], limit: u32, now: Timestamp) -> Result<Rate, Failure> {
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

const AS_ONE_PERSON: u32 = 5;
const FROM_ONE_SOURCE: u32 = 90;
const WINDOW: Duration = Duration::from_secs(15 * 60);

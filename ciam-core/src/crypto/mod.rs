//! Digest, HMAC, AEAD and random bytes outside JOSE: a thin layer over `ring`.

use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac};
use subtle::ConstantTimeEq;

pub mod aead;

/// A SHA-256 digest.
pub type Digest = [u8; 32];

/// SHA-256 (FIPS 180-4).
pub fn sha256(data: &[u8]) -> Digest {
    to_array(digest::digest(&digest::SHA256, data).as_ref())
}

/// A key for [`hmac_sha256`]; made once, used often.
#[derive(Clone)]
pub struct HmacKey(hmac::Key);

impl HmacKey {
    /// From key bytes; 32 random bytes are meant.
    pub fn new(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }
}

impl std::fmt::Debug for HmacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HmacKey([redacted])")
    }
}

/// HMAC-SHA-256 (RFC 2104) over the parts, each preceded by its length, so that
/// no two lists of parts give the same input.
pub fn hmac_sha256(key: &HmacKey, parts: &[&[u8]]) -> Digest {
    let mut context = hmac::Context::with_key(&key.0);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part);
    }
    to_array(context.sign().as_ref())
}

/// Compares in time that depends on the lengths alone.
pub fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

/// Fills `bytes` from the generator of the operating system.
///
/// A system without randomness cannot run an identity provider: the process
/// is aborted, because anything else would hand out predictable secrets.
pub fn fill_random(bytes: &mut [u8]) {
    if SystemRandom::new().fill(bytes).is_err() {
        std::process::abort();
    }
}

fn to_array(bytes: &[u8]) -> Digest {
    let mut out = [0; 32];
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

//! Randomness, as a port, so that tests are deterministic.

use crate::crypto;

/// A source of unpredictable bytes.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random bytes fit for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// The generator of the operating system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        crypto::fill_random(bytes);
    }
}

/// Draws `N` random bytes.
///
/// ```
/// let nonce: [u8; 16] = ciam_core::outside::random(&ciam_core::SystemEntropy);
/// assert_ne!(nonce, [0; 16]);
/// ```
pub fn random<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

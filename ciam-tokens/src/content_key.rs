//! The key that encrypts the content of one token (RFC 7516 2).

use std::fmt;

use aws_lc_rs::kdf::{SskdfDigestAlgorithmId, get_sskdf_digest_algorithm, sskdf_digest};
use zeroize::Zeroizing;

use crate::algorithm::{ContentEncryption, KeyManagement};
use crate::error::JoseError;
use crate::key::P256Point;

/// What the header of an encrypted token says about its content key: enough
/// for the recipient's private key to find it.
#[derive(Debug, Clone)]
pub struct ContentKeyHeader {
    pub(crate) algorithm: KeyManagement,
    pub(crate) encryption: ContentEncryption,
    pub(crate) ephemeral: P256Point,
    pub(crate) party_u: Vec<u8>,
    pub(crate) party_v: Vec<u8>,
}

impl ContentKeyHeader {
    /// How the content key is agreed on (`alg`).
    #[must_use]
    pub fn algorithm(&self) -> KeyManagement {
        self.algorithm
    }

    /// How the content is encrypted (`enc`).
    #[must_use]
    pub fn encryption(&self) -> ContentEncryption {
        self.encryption
    }

    /// The sender's one-time key (`epk`): an uncompressed point, 65 octets
    /// (SEC 1 2.3.3). It was checked to be on the curve.
    #[must_use]
    pub fn ephemeral_key(&self) -> &[u8; 65] {
        self.ephemeral.as_bytes()
    }

    /// The content key from the shared secret of the ephemeral key and the
    /// recipient's: the x coordinate, 32 octets with leading zeros
    /// (RFC 7518 4.6.2).
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when the secret has another length, or the
    /// cryptographic library fails.
    pub fn content_key(&self, shared_secret: &[u8]) -> Result<ContentKey, JoseError> {
        let (KeyManagement::EcdhEs, ContentEncryption::A256Gcm) = (self.algorithm, self.encryption);
        if shared_secret.len() != 32 {
            return Err(JoseError::Crypto("the shared secret has another form"));
        }
        ContentKey::derive(self.encryption, shared_secret, &self.party_u, &self.party_v)
    }
}

/// The key of the content of one token. `Debug` does not show it.
pub struct ContentKey(Zeroizing<[u8; 32]>);

impl ContentKey {
    pub(crate) fn derive(
        encryption: ContentEncryption,
        secret: &[u8],
        party_u: &[u8],
        party_v: &[u8],
    ) -> Result<Self, JoseError> {
        let ContentEncryption::A256Gcm = encryption;
        concat_kdf(encryption.as_str(), secret, party_u, party_v).map(Self)
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey([redacted])")
    }
}

/// The Concat KDF of NIST SP 800-56A with SHA-256, as direct key agreement
/// wants it: the algorithm is the one of the content (RFC 7518 4.6.2).
fn concat_kdf<const N: usize>(
    algorithm: &str,
    secret: &[u8],
    party_u: &[u8],
    party_v: &[u8],
) -> Result<Zeroizing<[u8; N]>, JoseError> {
    let mut key = Zeroizing::new([0_u8; N]);
    let bits = 8 * u32::try_from(N).map_err(|_| CRYPTO)?;
    let mut info = Vec::new();
    for part in [algorithm.as_bytes(), party_u, party_v] {
        let length = u32::try_from(part.len()).map_err(|_| CRYPTO)?;
        info.extend_from_slice(&length.to_be_bytes());
        info.extend_from_slice(part);
    }
    info.extend_from_slice(&bits.to_be_bytes());
    let sha256 = get_sskdf_digest_algorithm(SskdfDigestAlgorithmId::Sha256).ok_or(CRYPTO)?;
    sskdf_digest(sha256, secret, &info, key.as_mut_slice()).map_err(|_| CRYPTO)?;
    Ok(key)
}

const CRYPTO: JoseError = JoseError::Crypto("encryption");

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may panic"
    )]

    use serde_json::Value;

    use super::concat_kdf;
    use crate::base64url;
    use crate::key::{DecryptKey, P256Point};

    #[test]
    fn rfc_7518_appendix_c() {
        let vector: Value =
            serde_json::from_str(include_str!("../tests/vectors/rfc7518-appendix-c.json")).unwrap();
        let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap();
        let bob = DecryptKey::from_jwk(vector["recipient"].to_string().as_bytes()).unwrap();
        let alice =
            P256Point::from_coordinates(text("/header/epk/x"), text("/header/epk/y")).unwrap();
        let derived = bob
            .agree(alice.for_agreement().unwrap(), |secret| {
                concat_kdf::<16>(
                    text("/header/enc"),
                    secret,
                    &base64url::decode(text("/header/apu")).unwrap(),
                    &base64url::decode(text("/header/apv")).unwrap(),
                )
            })
            .unwrap();
        assert_eq!(base64url::encode(&*derived), text("/derived"));
    }
}

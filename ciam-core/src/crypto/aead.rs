//! AES-256-GCM with a random 96-bit nonce in front (NIST SP 800-38D).

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use crate::outside::{Entropy, random};

/// An AES-256-GCM key.
pub struct AeadKey(LessSafeKey);

impl AeadKey {
    /// From 32 key bytes.
    ///
    /// # Errors
    /// [`AeadError`] when the primitive refuses the key, which 32 bytes never are.
    pub fn new(key: &[u8; 32]) -> Result<Self, AeadError> {
        Ok(Self(LessSafeKey::new(
            UnboundKey::new(&AES_256_GCM, key).map_err(|_| AeadError)?,
        )))
    }

    /// Seals `plain`; `context` is authenticated and must be given again to open.
    ///
    /// Random nonces are safe for about 2^32 messages under one key.
    ///
    /// # Errors
    /// [`AeadError`] when `plain` is longer than the primitive allows (64 GiB).
    pub fn seal(
        &self,
        entropy: &dyn Entropy,
        context: &[u8],
        plain: &[u8],
    ) -> Result<Vec<u8>, AeadError> {
        let nonce: [u8; NONCE_LEN] = random(entropy);
        let mut body = plain.to_vec();
        self.0
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut body,
            )
            .map_err(|_| AeadError)?;
        let mut sealed = nonce.to_vec();
        sealed.append(&mut body);
        Ok(sealed)
    }

    /// Opens what [`AeadKey::seal`] made.
    ///
    /// # Errors
    /// One [`AeadError`] for every cause: wrong key, wrong context, changed bytes.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, AeadError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(AeadError)?;
        let mut body = body.to_vec();
        let plain_len = self
            .0
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(context),
                &mut body,
            )
            .map_err(|_| AeadError)?
            .len();
        body.truncate(plain_len);
        Ok(body)
    }
}

impl std::fmt::Debug for AeadKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("AeadKey([redacted])")
    }
}

/// Sealing or opening failed; deliberately without detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed bytes do not open")]
pub struct AeadError;

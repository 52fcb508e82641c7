//! Public keys that check signatures.

use std::sync::Arc;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ParsedPublicKey};

use crate::algorithm::SigningAlgorithm;
use crate::error::JoseError;
use crate::jwk::{Jwk, KeyUse};
use crate::jwk_set::JwkSet;
use crate::key::{KeyId, P256Point};

/// A public key that checks signatures of one algorithm, parsed once.
#[derive(Debug, Clone)]
pub struct VerifyKey {
    kid: Option<KeyId>,
    algorithm: SigningAlgorithm,
    point: P256Point,
    parsed: Arc<ParsedPublicKey>,
}

impl VerifyKey {
    /// Takes a JWK for signatures.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when its `use`, `key_ops` or `alg` say that it is for
    /// something else (RFC 7517 4.2 to 4.4).
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JoseError> {
        jwk.check_use(KeyUse::Signature)?;
        Self::new(
            jwk.kid().cloned(),
            SigningAlgorithm::Es256,
            jwk.point().clone(),
        )
    }

    pub(crate) fn new(
        kid: Option<KeyId>,
        algorithm: SigningAlgorithm,
        point: P256Point,
    ) -> Result<Self, JoseError> {
        let SigningAlgorithm::Es256 = algorithm;
        let parsed = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.as_bytes())
            .map_err(|_| JoseError::Key("not a point on P-256"))?;
        Ok(Self {
            kid,
            algorithm,
            point,
            parsed: Arc::new(parsed),
        })
    }

    /// The name of the key, when it has one.
    #[must_use]
    pub fn kid(&self) -> Option<&KeyId> {
        self.kid.as_ref()
    }

    /// The algorithm that the key is bound to.
    #[must_use]
    pub fn algorithm(&self) -> SigningAlgorithm {
        self.algorithm
    }

    /// The SHA-256 thumbprint of the key (RFC 7638), whatever its name.
    #[must_use]
    pub fn thumbprint(&self) -> KeyId {
        self.point.thumbprint()
    }

    pub(crate) fn verify(&self, input: &[u8], signature: &[u8]) -> Result<(), JoseError> {
        let SigningAlgorithm::Es256 = self.algorithm;
        self.parsed
            .verify_sig(input, signature)
            .map_err(|_| JoseError::Signature)
    }
}

/// The keys of one issuer, client or connection that check its signatures.
/// A clone shares them.
#[derive(Debug, Clone, Default)]
pub struct VerifyKeySet {
    keys: Arc<[VerifyKey]>,
}

impl VerifyKeySet {
    /// A set of these keys.
    #[must_use]
    pub fn new(keys: impl IntoIterator<Item = VerifyKey>) -> Self {
        Self {
            keys: keys.into_iter().collect(),
        }
    }

    /// The keys of a JWK Set that check signatures; those for other duties are
    /// left out. It may come out empty: then it accepts nothing.
    #[must_use]
    pub fn from_jwk_set(set: &JwkSet) -> Self {
        Self::new(
            set.for_use(KeyUse::Signature)
                .filter_map(|jwk| VerifyKey::from_jwk(jwk).ok()),
        )
    }

    /// The key that a header asks for: the one with its `kid`, or, when the
    /// header names none, the only one of the algorithm.
    ///
    /// # Errors
    ///
    /// [`JoseError::Key`] when no key, or more than one, fits.
    pub fn select(
        &self,
        kid: Option<&KeyId>,
        algorithm: SigningAlgorithm,
    ) -> Result<&VerifyKey, JoseError> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|key| key.algorithm == algorithm && (kid.is_none() || key.kid.as_ref() == kid));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (Some(_), Some(_)) => Err(JoseError::Key("more than one key fits")),
            (None, _) => Err(JoseError::Key("no key fits")),
        }
    }

    /// All keys.
    #[must_use]
    pub fn keys(&self) -> &[VerifyKey] {
        &self.keys
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

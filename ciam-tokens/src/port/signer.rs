//! Private keys that sign.

use std::fmt;

use async_trait::async_trait;

use crate::algorithm::SigningAlgorithm;
use crate::error::JoseError;
use crate::key::KeyId;
use crate::port::PrivateKeyError;

/// A private key that signs with one algorithm, here or elsewhere.
///
/// An adapter for a key service implements [`sign`](Self::sign) alone. It
/// brings its own time limit and its own limit of requests at once: callers
/// wait for its answer. For an algorithm that signs a digest (ES256) it hashes
/// the input itself and sends the digest, not the token.
///
/// ```
/// use async_trait::async_trait;
/// use ciam_tokens::{KeyId, PrivateKeyError, Signature, Signer, SigningAlgorithm};
///
/// struct KeyService {
///     kid: KeyId,
/// }
///
/// #[async_trait]
/// impl Signer for KeyService {
///     fn kid(&self) -> &KeyId {
///         &self.kid
///     }
///
///     fn algorithm(&self) -> SigningAlgorithm {
///         SigningAlgorithm::Es256
///     }
///
///     async fn sign(&self, input: &[u8]) -> Result<Signature, PrivateKeyError> {
///         let answer: Result<Vec<u8>, std::io::Error> = ask_the_service(input).await;
///         let r_and_s = answer.map_err(|cause| PrivateKeyError::Unavailable(cause.into()))?;
///         Ok(Signature::new(self.algorithm(), r_and_s)?)
///     }
/// }
/// # async fn ask_the_service(_: &[u8]) -> Result<Vec<u8>, std::io::Error> { Ok(vec![0; 64]) }
/// ```
#[async_trait]
pub trait Signer: Send + Sync + 'static {
    /// The name of the key, which its tokens carry.
    fn kid(&self) -> &KeyId;

    /// The algorithm that the key is bound to.
    fn algorithm(&self) -> SigningAlgorithm;

    /// The signature, when the key is in this process: no waiting, no future.
    /// `None` sends the caller to [`sign`](Self::sign).
    fn sign_local(&self, input: &[u8]) -> Option<Result<Signature, PrivateKeyError>> {
        let _ = input;
        None
    }

    /// The signature over the input, which is the signing input of RFC 7515
    /// 5.1.
    ///
    /// # Errors
    ///
    /// [`PrivateKeyError`]; for whoever signs, each of them is a failure of
    /// ours.
    async fn sign(&self, input: &[u8]) -> Result<Signature, PrivateKeyError>;
}

impl dyn Signer {
    /// The signature, at once where that is possible.
    pub(crate) async fn signature(&self, input: &[u8]) -> Result<Signature, PrivateKeyError> {
        match self.sign_local(input) {
            Some(signature) => signature,
            None => self.sign(input).await,
        }
    }
}

impl fmt::Debug for dyn Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("kid", self.kid())
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// A signature in the form that tokens carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature(Vec<u8>);

impl Signature {
    /// Takes a signature as RFC 7518 3.4 has it: for ES256 `r || s`, 64
    /// octets. Services that answer in DER need a conversion first.
    ///
    /// # Errors
    ///
    /// [`JoseError::Crypto`] when it has not the length of the algorithm.
    pub fn new(algorithm: SigningAlgorithm, octets: Vec<u8>) -> Result<Self, JoseError> {
        let SigningAlgorithm::Es256 = algorithm;
        if octets.len() != 64 {
            return Err(JoseError::Crypto("the signature has another form"));
        }
        Ok(Self(octets))
    }

    /// The octets.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

//! Verifiers that get their keys themselves: for APIs and relying parties.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_core::{Principal, Timestamp};

use crate::claims::Claims;
use crate::compact::SignedToken;
use crate::error::JoseError;
use crate::jwe::UnverifiedJwe;
use crate::key::DecryptKeySet;
use crate::profile::access_token::AccessTokenRules;
use crate::profile::id_token::{IdTokenRules, VerifiedIdToken};
use crate::profile::{ACCESS_TOKEN, ID_TOKEN, TokenProfile};
use crate::source::{VerifyKeySource, keys_for};

/// Checks the access tokens that callers show to one API.
///
/// ```
/// use std::sync::Arc;
/// use ciam_tokens::{AccessTokenVerifier, SigningAlgorithm, SigningKey, VerifyKeySet};
///
/// let key = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let keys = VerifyKeySet::new([key.verify_key()?]);
/// let verifier = AccessTokenVerifier::new(
///     "https://id.example.com",
///     "https://orders.example.com",
///     Arc::new(keys),
/// );
/// # let _ = verifier;
/// # Ok::<(), ciam_tokens::JoseError>(())
/// ```
pub struct AccessTokenVerifier {
    issuer: String,
    audience: String,
    reader: Reader,
}

impl AccessTokenVerifier {
    /// Accepts signed tokens of `issuer` for `audience`, the API's identifier.
    #[must_use]
    pub fn new(
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: Arc<dyn VerifyKeySource>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            audience: audience.into(),
            reader: Reader {
                keys,
                decrypt: None,
            },
        }
    }

    /// Accepts only tokens that are encrypted to one of these keys from now
    /// on, and none that are only signed.
    #[must_use]
    pub fn require_encryption(mut self, keys: DecryptKeySet) -> Self {
        self.reader.decrypt = Some(keys);
        self
    }

    /// Checks a bearer token.
    ///
    /// # Errors
    ///
    /// [`TokenError::Invalid`] with a [`JoseError`] when the token is not good,
    /// [`TokenError::Unavailable`] when the keys that verify cannot be fetched or
    /// the one that decrypts cannot be reached.
    pub async fn verify_token(&self, token: &str, now: Timestamp) -> Result<Principal, TokenError> {
        let rules = AccessTokenRules {
            issuer: &self.issuer,
            audience: &self.audience,
        };
        self.reader
            .read(token, &ACCESS_TOKEN, now)
            .await
            .and_then(|claims| rules.check(claims, now).map_err(invalid))
    }
}

#[async_trait]
impl TokenVerifier for AccessTokenVerifier {
    async fn verify(
        &self,
        shown: PresentedToken<'_>,
        now: Timestamp,
    ) -> Result<Principal, TokenError> {
        self.verify_token(shown.token, now).await
    }
}

impl std::fmt::Debug for AccessTokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccessTokenVerifier")
            .field("issuer", &self.issuer)
            .field("audience", &self.audience)
            .field("encrypted", &self.reader.decrypt.is_some())
            .finish_non_exhaustive()
    }
}

/// Checks the ID tokens that one provider issues to one relying party.
pub struct IdTokenVerifier {
    issuer: String,
    client_id: String,
    max_age: Duration,
    reader: Reader,
}

impl IdTokenVerifier {
    /// Accepts signed tokens of `issuer` for `client_id`, at most 10 minutes
    /// after they were made.
    #[must_use]
    pub fn new(
        issuer: impl Into<String>,
        client_id: impl Into<String>,
        keys: Arc<dyn VerifyKeySource>,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            client_id: client_id.into(),
            max_age: Duration::from_secs(10 * 60),
            reader: Reader {
                keys,
                decrypt: None,
            },
        }
    }

    /// Accepts only tokens that are encrypted to one of these keys from now
    /// on, and none that are only signed.
    #[must_use]
    pub fn require_encryption(mut self, keys: DecryptKeySet) -> Self {
        self.reader.decrypt = Some(keys);
        self
    }

    /// How long ago `iat` may be.
    #[must_use]
    pub fn max_age(mut self, max_age: Duration) -> Self {
        self.max_age = max_age;
        self
    }

    /// Checks a token. `nonce` is the one of the request.
    ///
    /// # Errors
    ///
    /// [`TokenError::Invalid`] with a [`JoseError`] when the token is not good,
    /// [`TokenError::Unavailable`] when the keys that verify cannot be fetched or
    /// the one that decrypts cannot be reached.
    pub async fn verify(
        &self,
        token: &str,
        nonce: Option<&str>,
        now: Timestamp,
    ) -> Result<VerifiedIdToken, TokenError> {
        let rules = IdTokenRules {
            issuer: &self.issuer,
            client_id: &self.client_id,
            nonce,
            max_age: self.max_age,
        };
        self.reader
            .read(token, &ID_TOKEN, now)
            .await
            .and_then(|claims| rules.check(claims, now).map_err(invalid))
    }
}

impl std::fmt::Debug for IdTokenVerifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IdTokenVerifier")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("encrypted", &self.reader.decrypt.is_some())
            .finish_non_exhaustive()
    }
}

/// Takes the signed part out of a token and finds the keys for it. With keys
/// to decrypt, only an encrypted token is accepted, without, only one that is
/// not: what arrives does not choose (CVE-2023-51774 class).
struct Reader {
    keys: Arc<dyn VerifyKeySource>,
    decrypt: Option<DecryptKeySet>,
}

impl Reader {
    async fn read(
        &self,
        token: &str,
        profile: &TokenProfile,
        now: Timestamp,
    ) -> Result<Claims, TokenError> {
        let decrypted = match &self.decrypt {
            None => None,
            Some(keys) => {
                let jwe = UnverifiedJwe::parse(token).map_err(invalid)?;
                Some(jwe.decrypt_nested_with(keys).await?)
            }
        };
        let signed = decrypted.as_ref().map_or(token, SignedToken::as_str);
        let jws = profile.parse(signed).map_err(invalid)?;
        let keys = keys_for(self.keys.as_ref(), jws.kid(), jws.algorithm(), now)
            .await
            .map_err(|cause| TokenError::Unavailable(cause.into()))?;
        jws.verify_with(&keys)
            .and_then(|verified| Claims::parse(verified.payload()))
            .map_err(invalid)
    }
}

fn invalid(cause: JoseError) -> TokenError {
    TokenError::Invalid(cause.into())
}

//! Client assertions, `private_key_jwt` (RFC 7523 2.2 and 3, OpenID Connect
//! Core 9).

use std::time::Duration;

use ciam_core::{ClientId, Timestamp};
use serde_json::{Value, json};

use crate::claims::{Claims, MAX_TOKEN_ID, SKEW};
use crate::compact::SignedToken;
use crate::error::JoseError;
use crate::jws::{self, UnverifiedJws};
use crate::key::{SigningKey, VerifyKeySet};
use crate::port::{PrivateKeyError, Signer};
use crate::profile::CLIENT_ASSERTION;

/// A client assertion whose signature has not been checked. All it tells is
/// which client to look up.
///
/// ```
/// use std::time::Duration;
/// use ciam_core::Timestamp;
/// use ciam_tokens::profile::client_assertion::{self, UnverifiedClientAssertion};
/// use ciam_tokens::{SigningAlgorithm, SigningKey, VerifyKeySet};
///
/// let key = SigningKey::generate(SigningAlgorithm::Es256)?;
/// let now = Timestamp::from_secs(1_700_000_000);
/// let shop = "shop".parse()?;
/// let issuer = "https://id.example.com";
/// let sent = client_assertion::sign(&key, &shop, issuer, "7d0e", Duration::from_secs(60), now)?;
///
/// let claimed = UnverifiedClientAssertion::parse(sent.as_str())?;
/// assert_eq!(claimed.client_id(), &shop);
/// let keys = VerifyKeySet::new([key.verify_key()?]);
/// assert_eq!(claimed.verify(issuer, &keys, now)?.token_id, "7d0e");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct UnverifiedClientAssertion<'a> {
    jws: UnverifiedJws<'a>,
    claims: Claims,
    client_id: ClientId,
}

impl<'a> UnverifiedClientAssertion<'a> {
    /// Reads an assertion. `iss` and `sub` must both be the client.
    ///
    /// # Errors
    ///
    /// [`JoseError`] with the first thing that is wrong.
    pub fn parse(compact: &'a str) -> Result<Self, JoseError> {
        let jws = CLIENT_ASSERTION.parse(compact)?;
        let claims = Claims::parse(&jws.unverified_payload()?)?;
        let sub = claims.required_text("sub", 128)?;
        claims.check_issuer(sub)?;
        let client_id = sub
            .parse()
            .map_err(|_| JoseError::Claims("`sub` is not a client identifier"))?;
        Ok(Self {
            jws,
            claims,
            client_id,
        })
    }

    /// Which client it claims to be from: good for nothing but a look-up.
    #[must_use]
    pub fn client_id(&self) -> &ClientId {
        &self.client_id
    }

    /// Checks the assertion with the client's keys. `aud` must be the issuer
    /// identifier as a string: an endpoint's address or a list would let
    /// another server use it (audience injection; FAPI 2.0 5.3.2.1).
    ///
    /// The result must still be made unique: the caller stores
    /// [`VerifiedClientAssertion::token_id`] until
    /// [`VerifiedClientAssertion::replayable_until`] and refuses a second one.
    ///
    /// # Errors
    ///
    /// [`JoseError`] with the first thing that is wrong.
    pub fn verify(
        self,
        issuer: &str,
        keys: &VerifyKeySet,
        now: Timestamp,
    ) -> Result<VerifiedClientAssertion, JoseError> {
        self.jws.verify_with(keys)?;
        let claims = self.claims;
        match claims.get("aud") {
            Some(Value::String(aud)) if aud == issuer => {}
            _ => return Err(JoseError::Claims("`aud` is not the issuer identifier")),
        }
        claims.check_begun(now)?;
        Ok(VerifiedClientAssertion {
            client_id: self.client_id,
            token_id: claims.required_text("jti", MAX_TOKEN_ID)?.to_owned(),
            expires_at: claims.check_expiry(CLIENT_ASSERTION.longest, now)?,
        })
    }
}

impl std::fmt::Debug for UnverifiedClientAssertion<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedClientAssertion")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// A client that proved that it holds its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifiedClientAssertion {
    /// The client.
    pub client_id: ClientId,
    /// The assertion's own identifier (`jti`).
    pub token_id: String,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
}

impl VerifiedClientAssertion {
    /// Until when a second use must be refused.
    #[must_use]
    pub fn replayable_until(&self) -> Timestamp {
        self.expires_at + SKEW
    }
}

/// Makes an assertion, as a client, with a key of this process. `issuer` is the
/// authorization server's issuer identifier, `token_id` a fresh unpredictable
/// value, `lifetime` at most 5 minutes.
///
/// # Errors
///
/// [`JoseError`] when it cannot be signed.
pub fn sign(
    key: &SigningKey,
    client_id: &ClientId,
    issuer: &str,
    token_id: &str,
    lifetime: Duration,
    now: Timestamp,
) -> Result<SignedToken, JoseError> {
    jws::sign(
        key,
        TYP,
        &payload(client_id, issuer, token_id, lifetime, now),
    )
}

/// As [`sign`], with a key wherever it lies.
///
/// # Errors
///
/// [`PrivateKeyError`] when it cannot be signed.
pub async fn sign_with(
    signer: &dyn Signer,
    client_id: &ClientId,
    issuer: &str,
    token_id: &str,
    lifetime: Duration,
    now: Timestamp,
) -> Result<SignedToken, PrivateKeyError> {
    let payload = payload(client_id, issuer, token_id, lifetime, now);
    jws::sign_with(signer, TYP, &payload).await
}

fn payload(
    client_id: &ClientId,
    issuer: &str,
    token_id: &str,
    lifetime: Duration,
    now: Timestamp,
) -> Vec<u8> {
    let claims = json!({
        "iss": client_id.as_str(),
        "sub": client_id.as_str(),
        "aud": issuer,
        "jti": token_id,
        "iat": now.as_secs(),
        "exp": (now + lifetime).as_secs(),
    });
    claims.to_string().into_bytes()
}

const TYP: &str = "client-authentication+jwt";

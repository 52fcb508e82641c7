//! ID tokens, as a relying party checks them (OpenID Connect Core 3.1.3.7).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use ciam_core::Timestamp;
use ciam_core::crypto::constant_time_eq;
use serde_json::{Map, Value};

use crate::algorithm::SigningAlgorithm;
use crate::base64url;
use crate::claims::{Claims, MAX_SUBJECT, SKEW};
use crate::error::JoseError;
use crate::key::VerifyKeySet;
use crate::profile::ID_TOKEN;

/// What a relying party expects of an ID token.
#[derive(Debug, Clone, Copy)]
pub struct IdTokenRules<'a> {
    /// The provider.
    pub issuer: &'a str,
    /// The relying party, as the provider knows it.
    pub client_id: &'a str,
    /// The `nonce` of the request; when one was sent it must come back.
    pub nonce: Option<&'a str>,
    /// How long ago `iat` may be. A token straight from the token endpoint is
    /// seconds old.
    pub max_age: Duration,
}

impl IdTokenRules<'_> {
    /// Checks an ID token completely.
    ///
    /// # Errors
    ///
    /// [`JoseError`] with the first thing that is wrong.
    pub fn verify(
        &self,
        compact: &str,
        keys: &VerifyKeySet,
        now: Timestamp,
    ) -> Result<VerifiedIdToken, JoseError> {
        self.check(ID_TOKEN.claims(compact, keys)?, now)
    }

    /// Checks claims whose signature and kind were right.
    pub(crate) fn check(
        &self,
        claims: Claims,
        now: Timestamp,
    ) -> Result<VerifiedIdToken, JoseError> {
        claims.check_issuer(self.issuer)?;
        self.check_audience(&claims)?;
        claims.check_expiry(ID_TOKEN.longest, now)?;
        claims.check_begun(now)?;
        if now.since(claims.required_time("iat")?) > self.max_age + SKEW {
            return Err(JoseError::Claims("`iat` is too long ago"));
        }
        match (self.nonce, claims.text("nonce")?) {
            (None, _) => {}
            (Some(sent), Some(got)) if constant_time_eq(sent.as_bytes(), got.as_bytes()) => {}
            (Some(_), _) => return Err(JoseError::Claims("`nonce` is another one")),
        }
        VerifiedIdToken::new(claims)
    }

    /// The relying party must be in `aud`, nobody else may be, and `azp`, when
    /// there, names it too (OpenID Connect Core 3.1.3.7, 3 to 5). Others in
    /// `aud` could replay the token; none of them is trusted.
    fn check_audience(&self, claims: &Claims) -> Result<(), JoseError> {
        let audience = claims.audience()?;
        if !audience.contains(&self.client_id) {
            return Err(JoseError::Claims("`aud` does not name this client"));
        }
        if audience.iter().any(|one| *one != self.client_id) {
            return Err(JoseError::Claims("`aud` names others too"));
        }
        match claims.text("azp")? {
            Some(azp) if azp != self.client_id => Err(JoseError::Claims("`azp` is another client")),
            _ => Ok(()),
        }
    }
}

/// Checks an ID token that comes back as a hint, `id_token_hint`. It may have
/// expired, and be for any one client
/// (OpenID Connect RP-Initiated Logout 1.0, 2 and 4).
///
/// # Errors
///
/// [`JoseError`] with the first thing that is wrong.
pub fn verify_hint(
    compact: &str,
    issuer: &str,
    keys: &VerifyKeySet,
    now: Timestamp,
) -> Result<VerifiedIdToken, JoseError> {
    let claims = ID_TOKEN.claims(compact, keys)?;
    claims.check_issuer(issuer)?;
    claims.check_begun(now)?;
    VerifiedIdToken::new(claims)
}

/// The value of `at_hash` for an access token: the left half of its digest, in
/// base64url (OpenID Connect Core 3.1.3.6).
#[must_use]
pub fn at_hash(algorithm: SigningAlgorithm, access_token: &str) -> String {
    let SigningAlgorithm::Es256 = algorithm;
    let digest = digest(&SHA256, access_token.as_bytes());
    base64url::encode(digest.as_ref().get(..16).unwrap_or_default())
}

/// What a sound ID token says.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct VerifiedIdToken {
    /// Who signed in (`sub`), unique at the issuer alone.
    pub subject: String,
    /// For whom (`aud`).
    pub audience: Vec<String>,
    /// When it was made (`iat`).
    pub issued_at: Timestamp,
    /// When it ends (`exp`).
    pub expires_at: Timestamp,
    /// When the person was authenticated (`auth_time`).
    pub auth_time: Option<Timestamp>,
    /// How strongly (`acr`).
    pub acr: Option<String>,
    /// By what means (`amr`).
    pub amr: Vec<String>,
    /// The session at the issuer (`sid`).
    pub session: Option<String>,
    /// Half of the access token's digest (`at_hash`).
    pub at_hash: Option<String>,
    /// All claims, as they were signed.
    pub claims: Map<String, Value>,
}

impl VerifiedIdToken {
    fn new(claims: Claims) -> Result<Self, JoseError> {
        Ok(Self {
            subject: claims.required_text("sub", MAX_SUBJECT)?.to_owned(),
            audience: claims.audience()?.into_iter().map(str::to_owned).collect(),
            issued_at: claims.required_time("iat")?,
            expires_at: claims.required_time("exp")?,
            auth_time: claims.time("auth_time")?,
            acr: claims.owned_text("acr")?,
            amr: claims.texts("amr")?,
            session: claims.owned_text("sid")?,
            at_hash: claims.owned_text("at_hash")?,
            claims: claims.into_members(),
        })
    }

    /// Whether the access token that came along is the one meant. A token
    /// without `at_hash` leaves it open: in the code flow it is optional.
    ///
    /// # Errors
    ///
    /// [`JoseError::Claims`] when it is another one.
    pub fn check_access_token(&self, access_token: &str) -> Result<(), JoseError> {
        match &self.at_hash {
            Some(said) if *said != at_hash(SigningAlgorithm::Es256, access_token) => {
                Err(JoseError::Claims("`at_hash` is of another access token"))
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Debug for VerifiedIdToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Subject and claims are personal; the names of the claims are enough here.
        f.debug_struct("VerifiedIdToken")
            .field("audience", &self.audience)
            .field("acr", &self.acr)
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

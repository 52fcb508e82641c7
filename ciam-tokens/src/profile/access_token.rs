//! Access tokens (RFC 9068).

use ciam_core::principal::Actor;
use ciam_core::{Principal, Scopes, Timestamp};
use serde_json::{Map, Value};

use crate::claims::{Claims, MAX_SUBJECT, MAX_TOKEN_ID};
use crate::error::JoseError;
use crate::key::VerifyKeySet;
use crate::profile::ACCESS_TOKEN;

/// Whose tokens an API accepts, and under which name.
#[derive(Debug, Clone, Copy)]
pub struct AccessTokenRules<'a> {
    /// The one issuer.
    pub issuer: &'a str,
    /// The API's own identifier, which must be in `aud`.
    pub audience: &'a str,
}

impl AccessTokenRules<'_> {
    /// Checks an access token completely: kind, signature, issuer, audience,
    /// times, and that all claims of RFC 9068 2.2 are there.
    ///
    /// # Errors
    ///
    /// [`JoseError`] with the first thing that is wrong.
    pub fn verify(
        &self,
        compact: &str,
        keys: &VerifyKeySet,
        now: Timestamp,
    ) -> Result<Principal, JoseError> {
        self.check(ACCESS_TOKEN.claims(compact, keys)?, now)
    }

    /// Checks claims whose signature and kind were right.
    pub(crate) fn check(&self, claims: Claims, now: Timestamp) -> Result<Principal, JoseError> {
        claims.check_issuer(self.issuer)?;
        if !claims.audience()?.contains(&self.audience) {
            return Err(JoseError::Claims("`aud` does not name this API"));
        }
        // A token bound to a key or certificate is worth nothing without the
        // proof (RFC 9449 7.1, RFC 8705 3), and no proof is checked here.
        if claims.get("cnf").is_some() {
            return Err(JoseError::Claims("`cnf` asks for a proof"));
        }
        claims.required_time("iat")?;
        claims.check_begun(now)?;
        Ok(Principal {
            issuer: self.issuer.to_owned(),
            subject: claims.required_text("sub", MAX_SUBJECT)?.to_owned(),
            actor: actor(&claims)?,
            client_id: claims.required_text("client_id", MAX_SUBJECT)?.to_owned(),
            scopes: scopes(&claims)?,
            acr: claims.owned_text("acr")?,
            amr: claims.texts("amr")?,
            auth_time: claims.time("auth_time")?,
            expires_at: claims.check_expiry(ACCESS_TOKEN.longest, now)?,
            token_id: claims.required_text("jti", MAX_TOKEN_ID)?.to_owned(),
            claims: rest(claims),
        })
    }
}

/// The claims that have no field of their own.
fn rest(claims: Claims) -> Map<String, Value> {
    const TYPED: [&str; 10] = [
        "iss",
        "sub",
        "act",
        "client_id",
        "scope",
        "acr",
        "amr",
        "auth_time",
        "exp",
        "jti",
    ];
    let mut members = claims.into_members();
    members.retain(|name, _| !TYPED.contains(&name.as_str()));
    members
}

fn scopes(claims: &Claims) -> Result<Scopes, JoseError> {
    claims
        .text("scope")?
        .unwrap_or_default()
        .parse()
        .map_err(|_| JoseError::Claims("`scope` is not a list of scopes"))
}

/// Who acts for the subject (RFC 8693 4.1).
fn actor(claims: &Claims) -> Result<Option<Actor>, JoseError> {
    const REFUSED: JoseError = JoseError::Claims("`act` is not an actor");
    let Some(act) = claims.get("act") else {
        return Ok(None);
    };
    match act.get("sub").and_then(Value::as_str) {
        Some(subject) if !subject.is_empty() && subject.len() <= MAX_SUBJECT => Ok(Some(Actor {
            subject: subject.to_owned(),
        })),
        _ => Err(REFUSED),
    }
}

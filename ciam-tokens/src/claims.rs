//! Registered claims, typed (RFC 7519 4.1).

use std::time::Duration;

use ciam_core::Timestamp;
use serde_json::Value;

use crate::error::JoseError;
use crate::json::{self, Object};

/// Clocks may differ by this much.
pub(crate) const SKEW: Duration = Duration::from_secs(30);

/// The claims of one token, parsed once and read typed.
#[derive(Clone)]
pub(crate) struct Claims(Object);

impl Claims {
    pub(crate) fn parse(payload: &[u8]) -> Result<Self, JoseError> {
        json::parse_object(payload).map(Self)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    pub(crate) fn into_members(self) -> Object {
        self.0
    }

    /// A claim that must be a string of 1 to `max` bytes.
    pub(crate) fn required_text(&self, name: &'static str, max: usize) -> Result<&str, JoseError> {
        match self.text(name)? {
            Some(text) if !text.is_empty() && text.len() <= max => Ok(text),
            Some(_) => Err(JoseError::Claims("a claim is empty or too long")),
            None => Err(JoseError::Claims(missing(name))),
        }
    }

    /// A claim that is a string or absent.
    pub(crate) fn text(&self, name: &str) -> Result<Option<&str>, JoseError> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(JoseError::Claims("a claim is not a string")),
        }
    }

    /// The same, to keep.
    pub(crate) fn owned_text(&self, name: &str) -> Result<Option<String>, JoseError> {
        Ok(self.text(name)?.map(str::to_owned))
    }

    /// A claim that is a list of strings or absent.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, JoseError> {
        const REFUSED: JoseError = JoseError::Claims("a claim is not a list of strings");
        match self.0.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().map(str::to_owned).ok_or(REFUSED))
                .collect(),
            Some(_) => Err(REFUSED),
        }
    }

    /// A `NumericDate` that is present.
    pub(crate) fn required_time(&self, name: &'static str) -> Result<Timestamp, JoseError> {
        self.time(name)?.ok_or(JoseError::Claims(missing(name)))
    }

    /// A `NumericDate` or nothing. Whole seconds from 1970 to 9999 are
    /// accepted; fractions, which RFC 7519 2 allows, are not needed and would
    /// be read differently by different readers.
    pub(crate) fn time(&self, name: &str) -> Result<Option<Timestamp>, JoseError> {
        let Some(value) = self.0.get(name) else {
            return Ok(None);
        };
        value
            .as_i64()
            .filter(|seconds| (0..=LAST_SECOND).contains(seconds))
            .map(|seconds| Some(Timestamp::from_secs(seconds)))
            .ok_or(JoseError::Claims("a time is not a whole number of seconds"))
    }

    /// `aud`: a string or a list of strings that is not empty (RFC 7519 4.1.3).
    pub(crate) fn audience(&self) -> Result<Vec<&str>, JoseError> {
        const REFUSED: JoseError = JoseError::Claims("`aud` is not a string or list of strings");
        let audience = match self.0.get("aud") {
            None => return Err(JoseError::Claims("`aud` is missing")),
            Some(Value::String(one)) => vec![one.as_str()],
            Some(Value::Array(items)) => items
                .iter()
                .map(|item| item.as_str().ok_or(REFUSED))
                .collect::<Result<_, _>>()?,
            Some(_) => return Err(REFUSED),
        };
        if audience.is_empty() || audience.iter().any(|one| one.is_empty()) {
            return Err(REFUSED);
        }
        Ok(audience)
    }

    /// `iss` must be the expected one to the byte (RFC 7519 4.1.1).
    pub(crate) fn check_issuer(&self, expected: &str) -> Result<(), JoseError> {
        match self.text("iss")? {
            Some(iss) if iss == expected => Ok(()),
            Some(_) => Err(JoseError::Claims("`iss` is another issuer")),
            None => Err(JoseError::Claims(missing("iss"))),
        }
    }

    /// `exp` must be there, not passed, and at most `longest` away.
    pub(crate) fn check_expiry(
        &self,
        longest: Duration,
        now: Timestamp,
    ) -> Result<Timestamp, JoseError> {
        let expires_at = self.required_time("exp")?;
        if expires_at + SKEW <= now {
            return Err(JoseError::Expired);
        }
        if expires_at > now + longest + SKEW {
            return Err(JoseError::Claims("`exp` is too far away"));
        }
        Ok(expires_at)
    }

    /// `iat` and `nbf`, where they are there, must not be in the future.
    pub(crate) fn check_begun(&self, now: Timestamp) -> Result<(), JoseError> {
        if self.time("iat")?.is_some_and(|iat| iat > now + SKEW) {
            return Err(JoseError::Claims("`iat` is in the future"));
        }
        if self.time("nbf")?.is_some_and(|nbf| nbf > now + SKEW) {
            return Err(JoseError::Claims("`nbf` is in the future"));
        }
        Ok(())
    }
}

fn missing(name: &'static str) -> &'static str {
    match name {
        "iss" => "`iss` is missing",
        "sub" => "`sub` is missing",
        "exp" => "`exp` is missing",
        "iat" => "`iat` is missing",
        "jti" => "`jti` is missing",
        "client_id" => "`client_id` is missing",
        _ => "a claim is missing",
    }
}

/// 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;
/// The longest `sub` (OpenID Connect Core 2).
pub(crate) const MAX_SUBJECT: usize = 255;
/// The longest `jti`.
pub(crate) const MAX_TOKEN_ID: usize = 256;

//! Token profiles: what makes a token an access token, an ID token or a client
//! assertion, and nothing else (RFC 8725 3.11 and 3.12).
//!
//! A profile fixes the header's `typ`, the algorithms, the claims that must be
//! there, and how long a token may live. Each has its own result type, so that
//! one kind cannot be used where another is due.

pub mod access_token;
pub mod client_assertion;
pub mod id_token;

use std::time::Duration;

use crate::algorithm::SigningAlgorithm;
use crate::claims::Claims;
use crate::error::JoseError;
use crate::jws::UnverifiedJws;
use crate::key::VerifyKeySet;

/// The rules of one kind of token.
#[derive(Debug, Clone, Copy)]
pub struct TokenProfile {
    /// Accepted values of `typ`: lower case, without `application/`.
    typ: &'static [&'static str],
    /// Whether `typ` may be missing.
    typ_optional: bool,
    algorithms: &'static [SigningAlgorithm],
    longest: Duration,
}

/// Access tokens (RFC 9068).
pub const ACCESS_TOKEN: TokenProfile = TokenProfile {
    typ: &["at+jwt"],
    typ_optional: false,
    algorithms: ALGORITHMS,
    longest: Duration::from_secs(24 * 60 * 60),
};

/// ID tokens (OpenID Connect Core 2). They came before explicit types.
pub const ID_TOKEN: TokenProfile = TokenProfile {
    typ: &["jwt"],
    typ_optional: true,
    algorithms: ALGORITHMS,
    longest: Duration::from_secs(24 * 60 * 60),
};

/// Client assertions (RFC 7523 3). They came before explicit types.
pub const CLIENT_ASSERTION: TokenProfile = TokenProfile {
    typ: &["client-authentication+jwt", "jwt"],
    typ_optional: true,
    algorithms: ALGORITHMS,
    longest: Duration::from_secs(5 * 60),
};

impl TokenProfile {
    /// How far away `exp` may be.
    #[must_use]
    pub const fn longest_lifetime(&self) -> Duration {
        self.longest
    }

    /// Reads a token and checks that its header is of this kind.
    pub(crate) fn parse<'a>(&self, compact: &'a str) -> Result<UnverifiedJws<'a>, JoseError> {
        let jws = UnverifiedJws::parse(compact)?;
        match jws.typ() {
            None if self.typ_optional => {}
            Some(typ) if self.typ.contains(&typ) => {}
            _ => return Err(JoseError::Type("`typ` is of another kind")),
        }
        if !self.algorithms.contains(&jws.algorithm()) {
            return Err(JoseError::Algorithm("not allowed for this kind of token"));
        }
        Ok(jws)
    }

    /// The same, and checks the signature.
    pub(crate) fn claims(&self, compact: &str, keys: &VerifyKeySet) -> Result<Claims, JoseError> {
        let verified = self.parse(compact)?.verify_with(keys)?;
        Claims::parse(verified.payload())
    }
}

const ALGORITHMS: &[SigningAlgorithm] = &[SigningAlgorithm::Es256];

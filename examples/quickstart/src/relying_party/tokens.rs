//! What the token endpoint answered, verified.

use openidconnect::core::{
    CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, ClaimsVerificationError, EmptyExtraTokenFields, IdTokenFields, Nonce,
    OAuth2TokenResponse, SignatureVerificationError, StandardTokenResponse, TokenResponse,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Oidc, RelyingPartyError};

/// The tokens of one answer.
#[derive(Clone)]
pub(crate) struct Tokens {
    /// As it came; for `id_token_hint`.
    pub(crate) id_token: String,
    /// The claims of the ID token, after all its checks.
    pub(crate) claims: Map<String, Value>,
    pub(crate) access_token: String,
    pub(crate) refresh_token: Option<String>,
    /// What was granted, which may be less than was asked for.
    pub(crate) scopes: String,
}

impl Tokens {
    /// Checks the ID token: signature, issuer, audience, times, and the nonce
    /// where one was sent.
    pub(super) fn verified(
        client: &Oidc,
        answer: &TokenAnswer,
        nonce: Option<&Nonce>,
    ) -> Result<Self, RelyingPartyError> {
        let id_token = answer
            .id_token()
            .ok_or_else(|| RelyingPartyError::IdToken("there is none".into()))?;
        let check = |sent: Option<&Nonce>| match nonce {
            Some(nonce) if sent.map(Nonce::secret) != Some(nonce.secret()) => {
                Err("`nonce` is not the one sent".to_owned())
            }
            _ => Ok(()),
        };
        let claims = id_token
            .claims(&client.id_token_verifier(), check)
            .map_err(|error| match error {
                ClaimsVerificationError::SignatureVerification(
                    SignatureVerificationError::NoMatchingKey,
                ) => RelyingPartyError::UnknownKey,
                error => RelyingPartyError::IdToken(crate::problem::chain(&error)),
            })?;
        let claims = match serde_json::to_value(claims) {
            Ok(Value::Object(claims)) => claims,
            _ => return Err(RelyingPartyError::IdToken("not an object".into())),
        };
        let scopes: Vec<&str> = answer
            .scopes()
            .into_iter()
            .flatten()
            .map(|scope| scope.as_str())
            .collect();
        Ok(Self {
            id_token: id_token.to_string(),
            claims,
            access_token: answer.access_token().secret().clone(),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
            scopes: scopes.join(" "),
        })
    }

    /// Checks that these follow from `before`: the ID token of a refresh is about
    /// the same person and the same authentication (OpenID Connect Core section 12.2).
    pub(super) fn following(self, before: &Self) -> Result<Self, RelyingPartyError> {
        for claim in ["iss", "sub", "auth_time"] {
            let (now, then) = (self.claims.get(claim), before.claims.get(claim));
            let missing = claim == "auth_time" && now.is_none();
            if now != then && !missing {
                let problem = format!("its `{claim}` is not the one of the sign-in");
                return Err(RelyingPartyError::IdToken(problem));
            }
        }
        Ok(self)
    }

    /// A claim of the ID token, when it is text.
    pub(crate) fn text(&self, claim: &str) -> Option<&str> {
        self.claims.get(claim)?.as_str()
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// All claims that OpenID Connect Core does not name itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct AllClaims {
    #[serde(flatten)]
    others: Map<String, Value>,
}

impl AdditionalClaims for AllClaims {}

pub(crate) type TokenAnswer = StandardTokenResponse<
    IdTokenFields<
        AllClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use serde_json::{Value, json};

    use super::Tokens;

    fn tokens(claims: Value) -> Tokens {
        Tokens {
            id_token: String::new(),
            claims: serde_json::from_value(claims).unwrap(),
            access_token: String::new(),
            refresh_token: None,
            scopes: String::new(),
        }
    }

    #[test]
    fn a_refresh_is_about_the_same_person() {
        let of = |iss, sub, auth_time: u32| {
            tokens(json!({ "iss": iss, "sub": sub, "auth_time": auth_time }))
        };
        let before = of("https://op.test", "alice", 1);
        let follows = |next: Tokens| next.following(&before).is_ok();
        assert!(follows(of("https://op.test", "alice", 1)));
        assert!(follows(tokens(
            json!({ "iss": "https://op.test", "sub": "alice" })
        )));
        assert!(!follows(of("https://op.test", "mallory", 1)));
        assert!(!follows(of("https://other.test", "alice", 1)));
        assert!(!follows(of("https://op.test", "alice", 2)));
        assert!(!follows(tokens(json!({ "iss": "https://op.test" }))));
    }
}

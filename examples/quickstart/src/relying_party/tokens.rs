//! What the token endpoint answered, verified.

use openidconnect::core::{
    CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, EmptyExtraTokenFields, IdTokenFields, Nonce, OAuth2TokenResponse,
    StandardTokenResponse, TokenResponse,
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
            .map_err(|error| RelyingPartyError::IdToken(crate::problem::chain(&error)))?;
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

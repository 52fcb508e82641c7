//! Who an API request comes from, after verification.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::scope::Scopes;
use crate::time::Timestamp;

/// The verified sender of an API request: registered claims typed, the rest as JSON.
#[derive(Clone, PartialEq)]
pub struct Principal {
    /// Who issued the token (`iss`).
    pub issuer: String,
    /// Whom the request is for (`sub`): a person, or the client itself.
    pub subject: String,
    /// Who acts, when it is not the subject (`act`, RFC 8693 section 4.1).
    pub actor: Option<Actor>,
    /// The client that got the token (`client_id`).
    pub client_id: String,
    /// Which scopes the token carries.
    pub scopes: Scopes,
    /// How strongly the person was authenticated (`acr`).
    pub acr: Option<String>,
    /// By what means (`amr`).
    pub amr: Vec<String>,
    /// When (`auth_time`).
    pub auth_time: Option<Timestamp>,
    /// When the token ends (`exp`).
    pub expires_at: Timestamp,
    /// The token's own identifier (`jti`).
    pub token_id: String,
    /// All other claims.
    pub claims: Map<String, Value>,
}

impl Principal {
    /// The other claims as a type of the caller's.
    ///
    /// # Errors
    /// When they do not fit the type.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        T::deserialize(Value::Object(self.claims.clone()))
    }

    /// Whether a client acts for itself and no person is involved.
    pub fn is_machine(&self) -> bool {
        self.subject == self.client_id
    }
}

impl std::fmt::Debug for Principal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The other claims may be personal; their names are enough here.
        f.debug_struct("Principal")
            .field("subject", &self.subject)
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("acr", &self.acr)
            .field("claims", &self.claims.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// Who acts for the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The actor's `sub`.
    pub subject: String,
}

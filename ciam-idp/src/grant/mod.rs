//! Grants: what the token endpoint knows of an authorization, and one file per
//! `grant_type`.

mod authorization_code;
mod client_credentials;
mod current;
mod refresh_token;
mod replayed;
mod request;

use std::time::Duration;

use ciam_core::store::Binding;
use ciam_core::{ClientId, GrantId, Scopes, SessionId, SubjectId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::stage::GrantedRequest;

pub(crate) use authorization_code::exchange as authorization_code;
pub(crate) use client_credentials::issue as client_credentials;
pub(crate) use current::{Current, consented};
pub(crate) use refresh_token::{first as first_refresh_token, rotate as refresh_token};
pub(crate) use replayed::replayed;
pub(crate) use request::{RequestError, TokenRequest};

/// What a person has allowed a client. It is the payload of refresh tokens and
/// a part of that of codes; the store sees it as bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    pub(crate) id: GrantId,
    pub(crate) client: ClientId,
    pub(crate) subject: SubjectId,
    pub(crate) session: SessionId,
    /// The API; none for the provider itself.
    pub(crate) audience: Option<String>,
    pub(crate) scopes: Scopes,
    pub(crate) auth_time: Timestamp,
    pub(crate) acr: String,
    pub(crate) amr: Vec<String>,
    /// When the session ends at the latest.
    pub(crate) session_ends: Timestamp,
}

/// The payload of a code: the grant, and what the exchange must fit.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct CodePayload {
    pub(crate) grant: Grant,
    /// Present when it was in the request and must be repeated (RFC 6749 section 4.1.3).
    pub(crate) redirect_uri: Option<String>,
    pub(crate) code_challenge: Option<String>,
    pub(crate) nonce: Option<String>,
}

impl CodePayload {
    /// From a request that the access policy permits.
    pub(crate) fn of(id: GrantId, granted: &GrantedRequest) -> Self {
        let session = granted.authenticated().session().clone();
        let requested = granted.authenticated().validated().requested().clone();
        Self {
            grant: Grant {
                id,
                client: requested.client_id,
                subject: session.subject,
                session: session.id,
                audience: requested.audience,
                scopes: granted.scopes().clone(),
                auth_time: session.auth_time,
                acr: session.acr,
                amr: session.amr,
                session_ends: session.expires_at,
            },
            redirect_uri: requested
                .redirect_uri_sent
                .then_some(requested.redirect_uri),
            code_challenge: requested.code_challenge,
            nonce: requested.nonce,
        }
    }
}

impl Grant {
    /// Whether it outlives the session (OIDC Core section 11).
    pub(crate) fn is_offline(&self) -> bool {
        self.scopes.contains("offline_access")
    }

    /// When a refresh token made now ends: not after the session, unless the grant
    /// is for the time the person is away.
    pub(crate) fn refresh_expiry(&self, lifetime: Duration, now: Timestamp) -> Timestamp {
        match self.is_offline() {
            true => now + lifetime,
            false => (now + lifetime).min(self.session_ends),
        }
    }

    /// Its index in the store. Without `offline_access` the session is in it, so
    /// that signing out ends the grant.
    pub(crate) fn binding(&self) -> Binding {
        Binding {
            grant: self.id,
            subject: Some(self.subject),
            session: (!self.is_offline()).then_some(self.session),
            client: self.client.clone(),
        }
    }
}

impl std::fmt::Debug for CodePayload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CodePayload")
            .field("grant", &self.grant)
            .finish_non_exhaustive()
    }
}

/// As the store keeps it.
pub(crate) fn to_payload(value: &impl Serialize) -> Result<Vec<u8>, Failure> {
    serde_json::to_vec(value).map_err(Failure::internal)
}

/// From the store.
pub(crate) fn from_payload<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Result<T, Failure> {
    serde_json::from_slice(payload).map_err(Failure::internal)
}

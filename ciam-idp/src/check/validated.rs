use std::collections::BTreeSet;

use ciam_core::client::Client;
use ciam_core::{ClientId, Scopes};
use serde::{Deserialize, Serialize};

/// A request that passed every check of [`crate::check`], with its client.
#[derive(Clone, Debug)]
pub(crate) struct ValidatedRequest {
    client: Client,
    requested: Requested,
}

/// What was asked for. Stored in the interaction while a person signs in. `Debug`
/// leaves out what the client or the person alone may know.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Requested {
    pub(crate) client_id: ClientId,
    /// One of the client's, as it was sent.
    pub(crate) redirect_uri: String,
    /// Whether the redirect URI was in the request: it must then be repeated at
    /// the token endpoint (RFC 6749 section 4.1.3).
    pub(crate) redirect_uri_sent: bool,
    pub(crate) state: Option<String>,
    pub(crate) scopes: Scopes,
    /// The API the access token is for; none when only the provider itself is asked.
    pub(crate) audience: Option<String>,
    pub(crate) nonce: Option<String>,
    /// S256 challenge (RFC 7636).
    pub(crate) code_challenge: Option<String>,
    pub(crate) prompt: BTreeSet<Prompt>,
    /// Seconds since the person last proved who they are.
    pub(crate) max_age: Option<u64>,
    /// The weakest `acr` that will do, when one was asked for by `acr_values`.
    pub(crate) acr: Option<String>,
    /// Whom the client expects (`sub` of its `id_token_hint`).
    pub(crate) expected_subject: Option<String>,
    pub(crate) login_hint: Option<String>,
}

/// A value of the `prompt` parameter (OIDC Core section 3.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Prompt {
    None,
    Login,
    Consent,
    SelectAccount,
}

impl ValidatedRequest {
    /// After the whole table has passed.
    pub(super) const fn passed(client: Client, requested: Requested) -> Self {
        Self { client, requested }
    }

    /// Takes a stored request up again. The client is loaded anew: it must still
    /// be enabled and still have the redirect URI; `None` otherwise.
    pub(crate) fn resumed(client: Client, requested: Requested) -> Option<Self> {
        let good = client.enabled
            && client.id == requested.client_id
            && client
                .redirect_uris
                .iter()
                .any(|uri| uri.matches(client.application_type, &requested.redirect_uri));
        good.then_some(Self { client, requested })
    }

    pub(crate) const fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) const fn requested(&self) -> &Requested {
        &self.requested
    }
}

impl std::fmt::Debug for Requested {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Requested")
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("audience", &self.audience)
            .field("prompt", &self.prompt)
            .field("max_age", &self.max_age)
            .field("acr", &self.acr)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn debug_shows_nothing_that_the_client_or_the_person_alone_knows() {
        let requested: Requested = serde_json::from_value(serde_json::json!({
            "client_id": "shop", "redirect_uri": "https://shop.example/cb?secret-uri",
            "redirect_uri_sent": true, "state": "secret-state", "scopes": "openid",
            "audience": null, "nonce": "secret-nonce", "code_challenge": "secret-challenge",
            "prompt": [], "max_age": null, "acr": null,
            "expected_subject": "secret-subject", "login_hint": "secret-hint",
        }))
        .unwrap();
        let printed = format!("{requested:?}");
        assert!(
            printed.contains("shop") && !printed.contains("secret"),
            "{printed}"
        );
    }
}

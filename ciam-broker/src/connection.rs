//! Connections: the stored records of upstream identity providers.

use std::collections::{BTreeMap, BTreeSet};

use ciam_core::{AttributeName, ClientId, ConnectionId, Issuer, Scope, Scopes};
use serde::{Deserialize, Serialize};

use crate::name::{ConnectorKind, PipelineName};

/// One upstream identity provider of a tenant, as an operator set it up.
///
/// It is data: adding, changing or disabling one needs no restart.
///
/// ```
/// use ciam_broker::Connection;
///
/// let bank: Connection = serde_json::from_str(r#"{
///     "id": "demo-bank", "connector": "oidc", "label": "Demo Bank",
///     "issuer": "https://bank.example", "client_id": "ciam",
///     "acr": "substantial", "require_encrypted_id_token": true,
///     "claims": ["given_name", "family_name"], "sensitive": ["national_id"],
///     "pipeline": "bank", "create_accounts": true
/// }"#)?;
/// assert!(bank.enabled);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connection {
    /// Its name in addresses and records; never given to another provider later.
    pub id: ConnectionId,
    /// Which connector serves it.
    pub connector: ConnectorKind,
    /// What a person reads on the discovery screen; at most 64 characters.
    pub label: String,
    /// A second line there; at most 128 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Whether it is offered, and whether a sign-in under way may still end.
    #[serde(default = "enabled")]
    pub enabled: bool,
    /// The provider's issuer identifier, compared byte for byte.
    pub issuer: Issuer,
    /// What we are called there.
    pub client_id: ClientId,
    /// What is asked for; `openid` is always added.
    #[serde(default)]
    pub scopes: Scopes,
    /// The level of assurance that a sign-in here gives when `acr_map` does not
    /// say. With an `acr_map` choose the lowest: it also serves for values that
    /// the map does not know.
    pub acr: String,
    /// The provider's `acr` values and what they mean to us.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub acr_map: BTreeMap<String, String>,
    /// Values of the provider's `amr` (RFC 8176) that are believed and passed on as
    /// ours. All others are dropped: what it calls `mfa` need not be what we do.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub amr: BTreeSet<String>,
    /// Whether what the provider says of a person counts as checked, so that policies
    /// may decide by it. Set it only for one that proves identities. `email` and
    /// `phone_number` count as checked only when it says so of each
    /// (`email_verified`, `phone_number_verified`; OIDC Core 5.1).
    #[serde(default)]
    pub vouches: bool,
    /// ID tokens must be encrypted to us; when not set, they must not be.
    #[serde(default)]
    pub require_encrypted_id_token: bool,
    /// Whether the userinfo endpoint is asked too.
    #[serde(default)]
    pub userinfo: bool,
    /// Claims to take over as attributes. No others are. `email_verified` and
    /// `phone_number_verified` never become attributes: they are kept with the
    /// value they are about.
    #[serde(default)]
    pub claims: Vec<AttributeName>,
    /// Claims to take over as sensitive attributes: the pipeline must tokenize,
    /// mask or drop them.
    #[serde(default)]
    pub sensitive: Vec<AttributeName>,
    /// The pipeline that its attributes go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<PipelineName>,
    /// Whether somebody unknown gets an account; if not, they are refused.
    #[serde(default)]
    pub create_accounts: bool,
}

impl Connection {
    /// What to ask for: the configured scopes and `openid` (OIDC Core 3.1.2.1).
    pub(crate) fn scopes_to_ask(&self) -> Scopes {
        let mut scopes = self.scopes.clone();
        if let Ok(openid) = "openid".parse::<Scope>() {
            scopes.insert(openid);
        }
        scopes
    }

    /// Our level for what the provider says. What it says unasked-for never lifts
    /// a sign-in: a value that is not in the map counts as the default.
    pub(crate) fn acr_of(&self, upstream: Option<&str>) -> &str {
        upstream
            .and_then(|said| self.acr_map.get(said))
            .unwrap_or(&self.acr)
    }

    /// Of what the provider says, the means that are believed.
    pub(crate) fn amr_of(&self, mut upstream: Vec<String>) -> Vec<String> {
        upstream.retain(|means| self.amr.contains(means));
        upstream
    }

    /// The provider's values for those of our levels that it can give.
    pub(crate) fn upstream_acr_values(&self, ours: &[String]) -> Vec<&str> {
        ours.iter()
            .flat_map(|wanted| {
                self.acr_map
                    .iter()
                    .filter(move |(_, level)| *level == wanted)
                    .map(|(value, _)| value.as_str())
            })
            .collect()
    }
}

const fn enabled() -> bool {
    true
}

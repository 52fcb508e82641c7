//! The OpenID Connect connector: code flow with PKCE, `state`, `nonce` and
//! `iss`, private_key_jwt, and ID tokens that may be encrypted to us.

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::http_client::HttpClient;
use ciam_core::{Entropy, Secret, Timestamp};
use ciam_tokens::VerifyKeySource;
use oauth2::PkceCodeVerifier;
use serde::{Deserialize, Serialize};

mod attributes;
mod begin;
mod fetch;
mod finish;
mod id_token;
mod jwks;
mod metadata;
mod token_request;
mod userinfo;

use crate::connection::Connection;
use crate::connector::{AcceptedCallback, Begun, Connector, ConnectorError, LoginRequest};
use crate::identity::UpstreamIdentity;
use crate::keys::ClientKeys;
use crate::name::ConnectorKind;
use jwks::{KeySets, no_keys};
use metadata::MetadataCache;

/// Serves connections of kind `oidc`. Metadata and keys of the providers are
/// cached in it, so make one and share it.
///
/// ```
/// use std::sync::Arc;
/// use ciam_broker::{Broker, FixedClientKeys, GuardedClient, OidcConnector};
/// use ciam_core::SystemEntropy;
/// use ciam_tokens::{DecryptKeySet, SigningAlgorithm, SigningKey};
///
/// let signing = Arc::new(SigningKey::generate(SigningAlgorithm::Es256)?);
/// let keys = FixedClientKeys::new(signing, DecryptKeySet::default());
/// let http = Arc::new(GuardedClient::new()?);
/// let oidc = OidcConnector::new(http, Arc::new(keys), Arc::new(SystemEntropy));
/// let broker = Broker::new().with_connector(Arc::new(oidc));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct OidcConnector {
    kind: ConnectorKind,
    http: Arc<dyn HttpClient>,
    keys: Arc<dyn ClientKeys>,
    entropy: Arc<dyn Entropy>,
    metadata: MetadataCache,
    key_sets: KeySets,
}

impl OidcConnector {
    /// A connector that reaches providers through `http`, which must be a
    /// guarded client, and appears there with `keys`.
    pub fn new(
        http: Arc<dyn HttpClient>,
        keys: Arc<dyn ClientKeys>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self {
            kind: ConnectorKind::oidc(),
            key_sets: KeySets::new(Arc::clone(&http)),
            http,
            keys,
            entropy,
            metadata: MetadataCache::default(),
        }
    }
}

#[async_trait]
impl Connector for OidcConnector {
    fn kind(&self) -> ConnectorKind {
        self.kind.clone()
    }

    async fn check(&self, connection: &Connection, now: Timestamp) -> Result<(), ConnectorError> {
        let metadata = self
            .metadata
            .refresh(self.http.as_ref(), &connection.issuer, now)
            .await?;
        let keys = self.key_sets.at(&metadata.jwks_uri)?;
        if keys.held(now).is_none() {
            keys.fetched(None, now).await.map_err(no_keys)?;
        }
        if connection.require_encrypted_id_token && self.keys.decrypters().is_empty() {
            return Err(ConnectorError::Misconfigured(
                "encrypted ID tokens are wanted, and we have no key for them",
            ));
        }
        Ok(())
    }

    async fn begin(
        &self,
        connection: &Connection,
        login: &LoginRequest,
        now: Timestamp,
    ) -> Result<Begun, ConnectorError> {
        self.begin_login(connection, login, now).await
    }

    async fn finish(
        &self,
        connection: &Connection,
        accepted: AcceptedCallback,
        now: Timestamp,
    ) -> Result<UpstreamIdentity, ConnectorError> {
        self.finish_login(connection, accepted, now).await
    }
}

impl std::fmt::Debug for OidcConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OidcConnector { .. }")
    }
}

/// What is kept of a sign-in between `begin` and `finish`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LoginState {
    nonce: Secret<String>,
    verifier: PkceCodeVerifier,
    redirect_uri: String,
    max_age: Option<u64>,
    /// Whether the metadata promised `iss` then: taking the promise back
    /// meanwhile does not help a mix-up.
    iss_promised: bool,
}

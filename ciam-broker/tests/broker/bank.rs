//! A bank to sign in with, and a broker that is its client.

use std::collections::HashMap;
use std::sync::Arc;

use ciam_broker::{
    Begun, Broker, BrokerError, Callback, Connection, ConnectorError, ExternalIdentity,
    FixedClientKeys, LoginRequest, Next, OidcConnector, Pipelines, PipelinesSettings, Rejection,
    Tokenizer, VaultTokenizer, VerifiedIdentity,
};
use ciam_core::account::LookupKey;
use ciam_core::seal::LocalKeyWrapper;
use ciam_core::store::memory::MemoryStore;
use ciam_core::{Secret, SystemEntropy, TenantId, Timestamp};
use ciam_tokens::profile::id_token::at_hash;
use ciam_tokens::{
    ContentEncryption, DecryptKey, DecryptKeySet, JwkSet, KeyManagement, SigningAlgorithm,
    SigningKey, jwe, jws,
};
use serde_json::{Value, json};
use url::Url;

use crate::upstream::Upstream;

pub const ISSUER: &str = "https://bank.example";
pub const ACCESS_TOKEN: &str = "an-access-token-of-the-bank";
pub const NOW: Timestamp = Timestamp::from_secs(1_800_000_000);

pub struct Bank {
    pub upstream: Arc<Upstream>,
    pub connection: Connection,
    pub broker: Broker,
    pub pipelines: Pipelines,
    pub store: Arc<MemoryStore>,
    /// The bank's key.
    pub key: SigningKey,
    /// Our keys.
    pub ours: Arc<SigningKey>,
    pub reader: Arc<DecryptKey>,
    pub now: Timestamp,
}

/// A sign-in that has begun, as the browser sees it.
pub struct Login {
    pub begun: Begun,
    pub url: Url,
    pub query: HashMap<String, String>,
}

impl Bank {
    pub fn new() -> Self {
        let key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
        let ours = Arc::new(SigningKey::generate(SigningAlgorithm::Es256).unwrap());
        let reader = Arc::new(
            DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap(),
        );
        let upstream = Arc::new(Upstream::default());
        upstream.json("/.well-known/openid-configuration", metadata());
        upstream.json("/jwks", jwks(&key));
        let keys = FixedClientKeys::new(ours.clone(), DecryptKeySet::new([reader.clone()]));
        let oidc = OidcConnector::new(upstream.clone(), Arc::new(keys), Arc::new(SystemEntropy));
        let store = Arc::new(MemoryStore::new());
        Self {
            connection: connection(),
            broker: Broker::new().with_connector(Arc::new(oidc)),
            pipelines: Pipelines::compile(&pipelines(), &vault(&store)),
            store,
            upstream,
            key,
            ours,
            reader,
            now: NOW,
        }
    }

    /// A bank whose ID tokens are signed only.
    pub fn unencrypted() -> Self {
        let mut bank = Self::new();
        bank.connection.require_encrypted_id_token = false;
        bank
    }

    pub async fn begin(&self) -> Login {
        self.begin_with(|_| ()).await.unwrap()
    }

    pub async fn begin_with(
        &self,
        change: impl FnOnce(&mut LoginRequest),
    ) -> Result<Login, BrokerError> {
        let mut login = LoginRequest::new(
            "https://id.example/callback/bank".parse().unwrap(),
            Secret::new("the-state-of-this-browser".to_owned()),
        );
        change(&mut login);
        let begun = self
            .broker
            .begin(&self.connection, &login, self.now)
            .await?;
        let Next::Redirect(url) = begun.next.clone() else {
            panic!("a redirect is wanted");
        };
        let query = url.query_pairs().into_owned().collect();
        Ok(Login { begun, url, query })
    }

    /// The claims of a good ID token.
    pub fn claims(&self, login: &Login) -> Value {
        json!({
            "iss": ISSUER,
            "sub": "customer-4711",
            "aud": "ciam",
            "iat": self.now.as_secs(),
            "exp": self.now.as_secs() + 300,
            "auth_time": self.now.as_secs() - 5,
            "nonce": login.query["nonce"],
            "acr": "urn:bank:app",
            "amr": ["hwk"],
            "at_hash": at_hash(SigningAlgorithm::Es256, ACCESS_TOKEN),
            "given_name": "Aino",
            "national_id": "131052-308T",
            "shoe_size": 38,
        })
    }

    /// Signs as the bank does, and encrypts when the connection wants that.
    pub fn id_token(&self, claims: &Value) -> String {
        let signed = jws::sign(&self.key, "JWT", claims.to_string().as_bytes()).unwrap();
        if self.connection.require_encrypted_id_token {
            jwe::encrypt_nested(&self.reader.encrypt_key(), &signed).unwrap()
        } else {
            signed.as_str().to_owned()
        }
    }

    pub fn hand_out(&self, id_token: &str) {
        self.upstream.json(
            "/token",
            json!({
                "access_token": ACCESS_TOKEN,
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": id_token,
            }),
        );
    }

    pub async fn finish(&self, login: Login) -> Result<ExternalIdentity, BrokerError> {
        let state = login.query["state"].clone();
        self.come_back(
            login,
            &[("code", "c0de"), ("state", &state), ("iss", ISSUER)],
        )
        .await
    }

    pub async fn come_back(
        &self,
        login: Login,
        parameters: &[(&str, &str)],
    ) -> Result<ExternalIdentity, BrokerError> {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .finish();
        let identity = self.verify(login, &query).await?;
        identity
            .admit(&tenant("https://id.example"), self.now)
            .await
    }

    /// Who came back, before they are let in.
    pub async fn verify(
        &self,
        login: Login,
        query: &str,
    ) -> Result<VerifiedIdentity<'_>, BrokerError> {
        self.broker
            .finish(
                &self.connection,
                &self.pipelines,
                login.begun.transaction,
                Callback::parse(query).unwrap(),
                self.now,
            )
            .await
    }

    /// Who comes back with these claims, before they are let in.
    pub async fn arrive(
        &self,
        change: impl FnOnce(&mut Value),
    ) -> Result<VerifiedIdentity<'_>, BrokerError> {
        let login = self.begin().await;
        let mut claims = self.claims(&login);
        change(&mut claims);
        self.hand_out(&self.id_token(&claims));
        let query = format!("code=c0de&state={}&iss={ISSUER}", login.query["state"]);
        self.verify(login, &query).await
    }

    /// The whole sign-in with changed claims.
    pub async fn sign_in(
        &self,
        change: impl FnOnce(&mut Value),
    ) -> Result<ExternalIdentity, BrokerError> {
        let login = self.begin().await;
        let mut claims = self.claims(&login);
        change(&mut claims);
        self.hand_out(&self.id_token(&claims));
        self.finish(login).await
    }
}

/// The rejection that is due.
pub fn rejection(outcome: Result<impl std::fmt::Debug, BrokerError>) -> Rejection {
    match outcome {
        Err(BrokerError::Connector(ConnectorError::Rejected(rejection))) => rejection,
        other => panic!("a rejection is wanted: {other:?}"),
    }
}

pub fn is_id_token(outcome: Result<impl std::fmt::Debug, BrokerError>) -> bool {
    matches!(rejection(outcome), Rejection::IdToken(_))
}

pub fn remove(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

pub fn tenant(issuer: &str) -> TenantId {
    TenantId::of(&issuer.parse().unwrap())
}

pub fn vault(store: &Arc<MemoryStore>) -> Arc<dyn Tokenizer> {
    let wrapper = LocalKeyWrapper::new(&Secret::new([7; 32]), SystemEntropy).unwrap();
    Arc::new(VaultTokenizer::new(
        store.clone(),
        Arc::new(wrapper),
        LookupKey::new(&[8; 32]),
        Arc::new(SystemEntropy),
    ))
}

/// The document that publishes a key.
pub fn jwks(key: &SigningKey) -> Value {
    serde_json::from_str(&JwkSet::new([key.public_jwk()]).to_json()).unwrap()
}

pub fn metadata() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://bank.example/authorize?theme=blue",
        "token_endpoint": "https://bank.example/token",
        "userinfo_endpoint": "https://bank.example/userinfo",
        "jwks_uri": "https://bank.example/jwks",
        "authorization_response_iss_parameter_supported": true,
    })
}

fn connection() -> Connection {
    serde_json::from_value(json!({
        "id": "bank",
        "connector": "oidc",
        "label": "Bank",
        "issuer": ISSUER,
        "client_id": "ciam",
        "scopes": "profile",
        "acr": "low",
        "acr_map": { "urn:bank:app": "substantial" },
        "amr": ["hwk", "pwd"],
        "vouches": true,
        "require_encrypted_id_token": true,
        "claims": ["given_name", "email", "email_verified"],
        "sensitive": ["national_id"],
        "pipeline": "bank",
        "create_accounts": true,
    }))
    .unwrap()
}

fn pipelines() -> PipelinesSettings {
    PipelinesSettings::parse(
        r#"{"pipelines": {
            "bank": {"steps": [
                {"tokenize": {"attribute": "national_id", "domain": "national_id", "to": "person"}}
            ]},
            "idle": {"steps": []}
        }}"#,
    )
    .unwrap()
}

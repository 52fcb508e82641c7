//! A provider with one client and one person, and the client's side of the protocol.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_core::client::Client;
use ciam_core::crypto::sha256;
use ciam_core::encoding::b64url_encode;
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{ClientStore, Stores};
use ciam_core::{Issuer, RootKey, Secret, TenantId, Timestamp};
use ciam_idp::{Keys, NewAccount, Peer, Provider};
use ciam_policy::{Decision, PolicyEngine, PolicyRequest};
use ciam_testkit::{ManualClock, Page, Transport, UserAgent};
use ciam_tokens::profile::client_assertion;
use ciam_tokens::{SigningAlgorithm, SigningKey};
use http::{Request, Response};
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

pub(crate) const ISSUER: &str = "https://op.test";
const REDIRECT_URI: &str = "https://shop.example/cb";
const PASSWORD: &str = "correct horse battery staple";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The provider, its store, and a client with a key.
pub(crate) struct Shop {
    pub(crate) store: Arc<MemoryStore>,
    /// Codes and sessions only, when they are kept apart.
    pub(crate) state: Arc<MemoryStore>,
    /// People only, when they are kept apart.
    pub(crate) accounts: Arc<MemoryStore>,
    /// Settings only, when they are kept apart.
    pub(crate) settings: Arc<MemoryStore>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) provider: Provider,
    key: SigningKey,
}

impl Shop {
    /// Everything in one store.
    pub(crate) async fn open() -> Self {
        let store = Arc::new(MemoryStore::new());
        Self::over([(); 4].map(|()| store.clone())).await
    }

    /// What is short-lived in a store of its own.
    pub(crate) async fn open_split() -> Self {
        let store = Arc::new(MemoryStore::new());
        let state = Arc::new(MemoryStore::new());
        Self::over([store.clone(), state, store.clone(), store]).await
    }

    /// Codes, people and settings each in a store of its own.
    pub(crate) async fn open_apart() -> Self {
        Self::over([(); 4].map(|()| Arc::new(MemoryStore::new()))).await
    }

    async fn over([store, state, accounts, settings]: [Arc<MemoryStore>; 4]) -> Self {
        let issuer: Issuer = ISSUER.parse().unwrap();
        let tenant = TenantId::of(&issuer);
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_800_000_000)));
        let mut stores = Stores::from_one(store.clone());
        stores.state = state.clone();
        stores.accounts = accounts.clone();
        stores.settings = settings.clone();
        let keys = Keys::open(&issuer, &stores, &RootKey::new([7; 32]))
            .await
            .unwrap();
        let key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
        store.put_client(&tenant, client(&key)).await.unwrap();
        let provider = Provider::builder(issuer)
            .with_stores(stores)
            .with_keys(keys)
            .with_policies(Arc::new(PermitAll))
            .with_clock(clock.clone())
            .build()
            .unwrap();
        let alice = NewAccount {
            identifiers: vec!["alice".into()],
            password: Some(Secret::new(PASSWORD.to_owned())),
            ..NewAccount::default()
        };
        provider.accounts().create(alice).await.unwrap();
        Self {
            store,
            state,
            accounts,
            settings,
            clock,
            provider,
            key,
        }
    }

    pub(crate) fn browser(&self) -> UserAgent<InProcess> {
        UserAgent::new(InProcess(self.provider.clone()))
    }

    /// Starts a sign-in; shows the discovery screen.
    pub(crate) async fn begin(&self, browser: &mut UserAgent<InProcess>) -> Page {
        let page = browser.open(&authorize_url()).await;
        browser
            .follow_while(page, |to| to.host_str() == Some("op.test"))
            .await
    }

    /// Sends the password.
    pub(crate) async fn sign_in(&self, browser: &mut UserAgent<InProcess>, screen: &Page) -> Page {
        let form = screen.form("password-form").unwrap();
        let form = form.with("username", "alice").with("password", PASSWORD);
        let page = browser.submit(screen, &form).await;
        browser
            .follow_while(page, |to| to.host_str() == Some("op.test"))
            .await
    }

    /// A fresh code.
    pub(crate) async fn code(&self) -> String {
        let mut browser = self.browser();
        let screen = self.begin(&mut browser).await;
        let page = self.sign_in(&mut browser, &screen).await;
        page.redirect_parameter("code").expect("a code")
    }

    /// Fresh tokens.
    pub(crate) async fn tokens(&self) -> Value {
        let answer = self
            .token(&self.redeeming(&self.code().await, "tokens"))
            .await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        answer.json()
    }

    /// The body of a token request that redeems a code.
    pub(crate) fn redeeming(&self, code: &str, token_id: &str) -> String {
        self.form(
            token_id,
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", VERIFIER),
            ],
        )
    }

    /// The body of a token request that uses a refresh token.
    pub(crate) fn refreshing(&self, refresh_token: &str, token_id: &str) -> String {
        self.form(
            token_id,
            &[
                ("grant_type", "refresh_token"),
                ("refresh_token", refresh_token),
            ],
        )
    }

    /// The body of a token request of the client for itself.
    pub(crate) fn for_itself(&self, token_id: &str) -> String {
        self.form(token_id, &[("grant_type", "client_credentials")])
    }

    fn form(&self, token_id: &str, parameters: &[(&str, &str)]) -> String {
        use ciam_core::Clock;
        let lifetime = std::time::Duration::from_secs(60);
        let id = "shop".parse().unwrap();
        let assertion =
            client_assertion::sign(&self.key, &id, ISSUER, token_id, lifetime, self.clock.now())
                .unwrap();
        Serializer::new(String::new())
            .extend_pairs(parameters)
            .append_pair(
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            )
            .append_pair("client_assertion", assertion.as_str())
            .finish()
    }

    /// Posts to the token endpoint.
    pub(crate) async fn token(&self, body: &str) -> Answer {
        post_token(self.provider.clone(), body.to_owned()).await
    }

    /// Asks for the claims of a token.
    pub(crate) async fn userinfo(&self, access_token: &str) -> Answer {
        let request = Request::get("/userinfo")
            .header("host", "op.test")
            .header("authorization", format!("Bearer {access_token}"))
            .body(Bytes::new())
            .unwrap();
        Answer(self.provider.handle(request, Peer::default()).await)
    }
}

/// Posts to the token endpoint; for tasks of their own.
pub(crate) async fn post_token(provider: Provider, body: String) -> Answer {
    let request = Request::post("/token")
        .header("host", "op.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    Answer(provider.handle(request, Peer::default()).await)
}

/// An answer to a client.
pub(crate) struct Answer(Response<Bytes>);

impl std::ops::Deref for Answer {
    type Target = Response<Bytes>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        format!(
            "{} {}",
            self.0.status(),
            String::from_utf8_lossy(self.0.body())
        )
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(self.0.body()).unwrap_or_default()
    }

    /// 503 with Retry-After and JSON, and neither "no" nor 401.
    pub(crate) fn assert_unavailable(&self) {
        assert_eq!(self.0.status(), 503, "{}", self.text());
        assert!(
            self.0.headers().contains_key("retry-after"),
            "no Retry-After"
        );
        assert_eq!(self.0.headers()["content-type"], "application/json");
        assert_eq!(self.0.headers()["cache-control"], "no-store");
        assert!(self.json()["error"].is_string());
        assert!(!self.text().contains("switched off"), "the cause is told");
    }
}

/// Calls the provider as a function.
#[derive(Clone)]
pub(crate) struct InProcess(Provider);

#[async_trait(?Send)]
impl Transport for InProcess {
    async fn send(&self, mut request: Request<Bytes>) -> Response<Bytes> {
        let target = request.uri().path_and_query().unwrap().as_str();
        *request.uri_mut() = target.parse().unwrap();
        self.0.handle(request, Peer::default()).await
    }
}

struct PermitAll;

impl PolicyEngine for PermitAll {
    fn decide(&self, _request: &PolicyRequest<'_>) -> Decision {
        Decision::permit(Vec::new())
    }
}

pub(crate) fn authorize_url() -> Url {
    let challenge = b64url_encode(&sha256(VERIFIER.as_bytes()));
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", "shop")
        .append_pair("redirect_uri", REDIRECT_URI)
        .append_pair("scope", "openid offline_access")
        .append_pair("state", "s")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    Url::parse(&format!("{ISSUER}/authorize?{query}")).unwrap()
}

fn client(key: &SigningKey) -> Client {
    let public: Value = serde_json::from_str(&key.public_jwk().to_json()).unwrap();
    serde_json::from_value(json!({
        "client_id": "shop",
        "client_name": "The shop",
        "redirect_uris": [REDIRECT_URI],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": {"keys": [public]},
        "scope": "openid offline_access",
        "first_party": true,
    }))
    .unwrap()
}

//! A provider with clients, APIs and people.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use ciam_core::api::Api;
use ciam_core::attribute::{Attribute, AttributeValue, Provenance, Sensitivity};
use ciam_core::client::Client;
use ciam_core::crypto::sha256;
use ciam_core::encoding::b64url_encode;
use ciam_core::store::memory::MemoryStore;
use ciam_core::{
    Attributes, ClientId, Clock, Issuer, RootKey, Secret, Stores, SubjectId, Timestamp,
};
use ciam_idp::{Keys, NewAccount, Peer, Provider};
use ciam_policy::{Decision, PolicyEngine, PolicyRef, PolicyRequest};
use ciam_testkit::ManualClock;
use ciam_tokens::profile::client_assertion;
use ciam_tokens::{
    ContentEncryption, DecryptKey, JwkSet, KeyManagement, SigningAlgorithm, SigningKey,
};
use http::{Method, Request, Response};
use serde_json::{Value, json};
use url::Url;

use crate::browser::{Browser, form, location, parameter};

pub const ISSUER: &str = "https://op.test";
pub const ORDERS: &str = "https://orders.example";
pub const CALLBACK: &str = "https://rp.example/cb";
pub const VERIFIER: &str = "correct-horse-battery-staple-correct-horse-battery";

/// Everything a test needs.
pub struct World {
    pub provider: Provider,
    pub store: Arc<MemoryStore>,
    pub clock: Arc<ManualClock>,
    pub key: SigningKey,
    pub api_key: Arc<DecryptKey>,
    pub alice: SubjectId,
    assertions: AtomicU64,
}

/// Allows everything but scope `orders:denied`, and nobody who is called `minor` or
/// is younger than 18.
struct Policy;

impl PolicyEngine for Policy {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        if request.context.get("scope") == Some(&json!("orders:denied")) {
            return Decision::deny(Vec::new());
        }
        let attributes = &request.principal.attributes;
        let young = attributes.get("age").and_then(Value::as_i64) < Some(18)
            && attributes.contains_key("age");
        if young || attributes.get("name") == Some(&json!("minor")) {
            return Decision::deny(vec![PolicyRef {
                id: "adults-only".into(),
                annotations: [("reason".into(), "You must be 18 to shop here.".into())].into(),
            }]);
        }
        Decision::permit(Vec::new())
    }
}

impl World {
    pub async fn new() -> Self {
        Self::with_policies(Arc::new(Policy)).await
    }

    pub async fn with_policies(policies: Arc<dyn PolicyEngine>) -> Self {
        let issuer: Issuer = ISSUER.parse().unwrap();
        let store = Arc::new(MemoryStore::new());
        let stores = Stores::from_one(Arc::clone(&store));
        let clock = Arc::new(ManualClock::at(Timestamp::from_secs(1_800_000_000)));
        let keys = Keys::open(&issuer, &stores, &RootKey::new([7; 32]))
            .await
            .unwrap();
        let provider = Provider::builder(issuer)
            .with_stores(stores)
            .with_keys(keys)
            .with_policies(policies)
            .with_clock(Arc::clone(&clock) as _)
            .build()
            .unwrap();
        let key = SigningKey::generate(SigningAlgorithm::Es256).unwrap();
        let api_key =
            DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap();
        let jwks: Value = serde_json::from_str(&JwkSet::new([key.public_jwk()]).to_json()).unwrap();
        let api_jwks: Value =
            serde_json::from_str(&JwkSet::new([api_key.public_jwk()]).to_json()).unwrap();
        register(&provider, &jwks, &api_jwks).await;
        let alice = person(&provider, "alice", None).await;
        person(&provider, "bob", Some("2009-01-15")).await;
        person(&provider, "young", Some("2009-01-16")).await;
        person(&provider, "minor", None).await;
        Self {
            provider,
            store,
            clock,
            key,
            api_key: Arc::new(api_key),
            alice,
            assertions: AtomicU64::new(0),
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A request without a browser.
    pub async fn send(&self, request: http::request::Builder, body: Bytes) -> Response<Bytes> {
        let request: Request<Bytes> = request.header("host", "op.test").body(body).unwrap();
        self.provider.handle(request, Peer::default()).await
    }

    /// A form to the token endpoint.
    pub async fn token(&self, fields: &[(&str, &str)]) -> Response<Bytes> {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/token")
            .header("content-type", "application/x-www-form-urlencoded");
        self.send(request, form(fields)).await
    }

    /// A fresh assertion of a client.
    pub fn assertion(&self, client: &str) -> String {
        let count = self.assertions.fetch_add(1, Ordering::SeqCst);
        let client: ClientId = client.parse().unwrap();
        let jti = format!("assertion-{count}");
        let lifetime = Duration::from_secs(60);
        client_assertion::sign(&self.key, &client, ISSUER, &jti, lifetime, self.now())
            .unwrap()
            .as_str()
            .to_owned()
    }

    /// A form to the token endpoint by a client with private_key_jwt.
    pub async fn token_as(&self, client: &str, fields: &[(&str, &str)]) -> Response<Bytes> {
        let assertion = self.assertion(client);
        let mut all = fields.to_vec();
        all.push((
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        ));
        all.push(("client_assertion", &assertion));
        self.token(&all).await
    }

    /// Exchanges a code of the shop.
    pub async fn exchange(&self, code: &str) -> Response<Bytes> {
        self.token_as(
            "shop",
            &[
                ("grant_type", "authorization_code"),
                ("code", code),
                ("redirect_uri", CALLBACK),
                ("code_verifier", VERIFIER),
            ],
        )
        .await
    }

    /// Signs a person in with a password and returns where the client gets to.
    pub async fn sign_in(&self, browser: &mut Browser, request: &Url, name: &str) -> Url {
        let page = browser.get(&self.provider, request.as_str()).await;
        let next = browser
            .submit(
                &self.provider,
                &page,
                "password",
                &[("username", name), ("password", PASSWORD)],
            )
            .await;
        location(&next)
    }

    /// A code of the shop for alice.
    pub async fn code(&self, scope: &str) -> String {
        let request = authorize(&[("scope", scope)]);
        let back = self
            .sign_in(&mut Browser::default(), &request, "alice")
            .await;
        parameter(&back, "code").unwrap_or_else(|| panic!("no code in {back}"))
    }
}

pub const PASSWORD: &str = "hunter2 hunter2";

/// The shop's authorization request, with these parameters in place of its own;
/// an empty value takes one out.
pub fn authorize(changes: &[(&str, &str)]) -> Url {
    let challenge = b64url_encode(&sha256(VERIFIER.as_bytes()));
    let usual = [
        ("client_id", "shop"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid profile"),
        ("state", "af0ifjsldkj"),
        ("nonce", "n-0S6_WzA2Mj"),
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let mut url: Url = format!("{ISSUER}/authorize").parse().unwrap();
    {
        let mut query = url.query_pairs_mut();
        for (name, value) in usual {
            if !changes.iter().any(|(changed, _)| *changed == name) {
                query.append_pair(name, value);
            }
        }
        for (name, value) in changes {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
    }
    url
}

/// The body as JSON.
pub fn body(response: &Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

/// Asserts `T400(error)`.
pub fn assert_t400(response: &Response<Bytes>, error: &str) {
    assert_eq!(response.status(), 400, "{:?}", response.body());
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert_eq!(body(response)["error"], error, "{}", body(response));
}

/// Asserts `C401`.
pub fn assert_c401(response: &Response<Bytes>) {
    assert_eq!(response.status(), 401, "{:?}", response.body());
    assert_eq!(body(response)["error"], "invalid_client");
}

async fn person(provider: &Provider, name: &str, birthdate: Option<&str>) -> SubjectId {
    let value = |value: Value| {
        Attribute::single(AttributeValue {
            value,
            sensitivity: Sensitivity::Personal,
            provenance: Provenance {
                source: "test".into(),
                verified: true,
                at: Timestamp::from_secs(1_700_000_000),
            },
        })
    };
    let mut attributes: Attributes = [
        ("name".parse().unwrap(), value(json!(name))),
        (
            "email".parse().unwrap(),
            value(json!(format!("{name}@example.com"))),
        ),
    ]
    .into_iter()
    .collect();
    if let Some(birthdate) = birthdate {
        attributes.insert("birthdate".parse().unwrap(), value(json!(birthdate)));
    }
    provider
        .accounts()
        .create(NewAccount {
            identifiers: vec![name.to_owned()],
            password: Some(Secret::new(PASSWORD.to_owned())),
            attributes,
            ..NewAccount::default()
        })
        .await
        .unwrap()
}

async fn register(provider: &Provider, jwks: &Value, api_jwks: &Value) {
    let everything = "openid profile email offline_access orders:read orders:write orders:denied";
    let confidential = |id: &str, uris: &[&str], scope: &str| {
        json!({
            "client_id": id, "client_name": id, "first_party": true,
            "redirect_uris": uris, "scope": scope, "jwks": jwks,
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "private_key_jwt",
        })
    };
    let mut disabled = confidential("disabled", &[CALLBACK], everything);
    disabled["enabled"] = json!(false);
    let mut partner = confidential("partner", &[CALLBACK], everything);
    partner["first_party"] = json!(false);
    let mut machine = confidential(
        "machine",
        &[],
        "orders:read orders:denied other:read openid",
    );
    machine["grant_types"] = json!(["client_credentials"]);
    let public = json!({
        "client_id": "spa", "client_name": "spa", "first_party": true,
        "redirect_uris": [CALLBACK], "scope": everything,
        "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
        "token_endpoint_auth_method": "none",
    });
    let clients = [
        confidential("shop", &[CALLBACK], everything),
        confidential(
            "two",
            &[CALLBACK, "https://rp.example/second?a=1"],
            everything,
        ),
        confidential("other", &[CALLBACK], everything),
        disabled,
        partner,
        machine,
        public,
    ];
    let store = &provider.stores().clients;
    for client in clients {
        let client: Client = serde_json::from_value(client).unwrap();
        store.put_client(provider.tenant(), client).await.unwrap();
    }
    let apis = [
        json!({"audience": ORDERS, "name": "Orders", "jwks": api_jwks, "scopes": {
            "orders:read": "read", "orders:write": "write", "orders:denied": "never"}}),
        json!({"audience": "https://other.example", "name": "Other", "scopes": {
            "other:read": "read"}}),
    ];
    for api in apis {
        let api: Api = serde_json::from_value(api).unwrap();
        store.put_api(provider.tenant(), api).await.unwrap();
    }
}

//! The fixtures: two issuers of one process with one store, clients, APIs and people.

use std::sync::Arc;
use std::sync::OnceLock;

use async_trait::async_trait;
use ciam_core::account::{Account, AccountStatus};
use ciam_core::client::Client;
use ciam_core::http_client::{HttpClient, HttpError};
use ciam_core::id::TenantId;
use ciam_core::settings::SettingsKind;
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{AccountStore, ClientStore, Published, SettingsStore, Stores};
use ciam_core::{Clock, Issuer, RootKey, Secret, SubjectId, SystemEntropy, Timestamp};
use ciam_idp::{Keys, NewAccount, NewLink, Peer, Provider};
use ciam_testkit::ManualClock;
use ciam_tokens::{
    ContentEncryption, DecryptKey, JwkSet, KeyManagement, KeyRing, KeyRingIssuer, SigningAlgorithm,
    SigningKey,
};
use serde_json::json;

use crate::accounts::Suspending;
use crate::policy::Rules;

pub(crate) const ISSUER: &str = "https://op.test";
pub(crate) const OTHER_ISSUER: &str = "https://other.test";
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// One provider with all that it needs; fresh for each case.
pub(crate) struct World {
    pub(crate) store: Arc<MemoryStore>,
    pub(crate) accounts: Arc<Suspending>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) op: Provider,
    pub(crate) other: Provider,
    /// Signs with the provider's own key.
    pub(crate) own: KeyRingIssuer,
    pub(crate) tenant: TenantId,
}

impl World {
    pub(crate) async fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let accounts = Arc::new(Suspending::new(store.clone()));
        let clock = Arc::new(ManualClock::at(START));
        let mut stores = Stores::from_one(store.clone());
        stores.accounts = accounts.clone();
        let other = provider(OTHER_ISSUER, &stores, &clock, Arc::new(Offline)).await;
        let to_other = Arc::new(InProcess(other.clone()));
        let op = provider(ISSUER, &stores, &clock, to_other).await;
        let tenant = tenant_of(ISSUER);
        for (issuer, tenant) in [(ISSUER, tenant), (OTHER_ISSUER, tenant_of(OTHER_ISSUER))] {
            for client in clients() {
                store.put_client(&tenant, client).await.unwrap();
            }
            for api in apis() {
                store.put_api(&tenant, api).await.unwrap();
            }
            for account in people(issuer).await {
                store.create(&tenant, account.clone()).await.unwrap();
            }
            publish(&store, &tenant, SettingsKind::SignIn, &options("all")).await;
            publish(&store, &tenant, SettingsKind::Release, RELEASE).await;
        }
        let upstream = upstream_client(op.public_jwks());
        store
            .put_client(&tenant_of(OTHER_ISSUER), upstream)
            .await
            .unwrap();
        let wrapper = ROOT().wrapper(SystemEntropy).unwrap();
        let ring = KeyRing::load_or_create(&tenant, store.as_ref(), wrapper.as_ref(), START)
            .await
            .unwrap();
        Self {
            store,
            accounts,
            clock,
            op,
            other,
            own: KeyRingIssuer::new(Arc::new(ring)),
            tenant,
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().as_secs()
    }

    /// The subject of a person.
    pub(crate) async fn subject(&self, user: &str) -> SubjectId {
        self.op.accounts().find(user).await.unwrap().unwrap()
    }
}

pub(crate) fn tenant_of(issuer: &str) -> TenantId {
    TenantId::of(&issuer.parse().unwrap())
}

async fn provider(
    issuer: &str,
    stores: &Stores,
    clock: &Arc<ManualClock>,
    http: Arc<dyn HttpClient>,
) -> Provider {
    let issuer: Issuer = issuer.parse().unwrap();
    let keys = Keys::open(&issuer, stores, &ROOT()).await.unwrap();
    Provider::builder(issuer)
        .with_stores(stores.clone())
        .with_keys(keys)
        .with_policies(Arc::new(Rules))
        .with_http_client(http)
        .with_clock(clock.clone())
        .build()
        .unwrap()
}

/// The other issuer as an identity provider of the first.
struct InProcess(Provider);

#[async_trait]
impl HttpClient for InProcess {
    async fn send(
        &self,
        mut request: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, HttpError> {
        let host = request.uri().host().unwrap_or_default().to_owned();
        if host != "other.test" {
            return Err(HttpError::Timeout);
        }
        request.headers_mut().insert("host", host.parse().unwrap());
        let target = request.uri().path_and_query().unwrap().as_str();
        *request.uri_mut() = target.parse().unwrap();
        Ok(self.0.handle(request, Peer::default()).await)
    }
}

/// The first issuer as a client of the other one.
fn upstream_client(jwks: &str) -> Client {
    serde_json::from_value(json!({
        "client_id": "op",
        "client_name": "The first issuer",
        "redirect_uris": ["https://op.test/callback/elsewhere"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": serde_json::from_str::<serde_json::Value>(jwks).unwrap(),
        "scope": "openid profile",
        "first_party": true,
        "encrypt_id_token": true,
    }))
    .unwrap()
}

/// No upstream answers.
struct Offline;

#[async_trait]
impl HttpClient for Offline {
    async fn send(
        &self,
        _request: http::Request<bytes::Bytes>,
    ) -> Result<http::Response<bytes::Bytes>, HttpError> {
        Err(HttpError::Timeout)
    }
}

pub(crate) async fn publish(
    store: &MemoryStore,
    tenant: &TenantId,
    kind: SettingsKind,
    body: &str,
) {
    let active = store.active(tenant, kind).await.unwrap();
    let expected = active.map_or_else(Default::default, |document| document.revision);
    let published = store
        .publish(tenant, kind, expected, body.to_owned(), START)
        .await
        .unwrap();
    assert!(matches!(published, Published::Published(_)));
}

/// Sign-in options: `all` (password and bank), `password`, `bank`.
pub(crate) fn options(which: &str) -> String {
    json!({
        "password": which != "bank",
        "connections": [
            {
                "id": "demo-bank", "connector": "oidc", "label": "Demo Bank",
                "issuer": "https://bank.test", "client_id": "op", "acr": "substantial",
                "enabled": which != "password",
            },
            {
                "id": "elsewhere", "connector": "oidc", "label": "Elsewhere",
                "issuer": OTHER_ISSUER, "client_id": "op", "acr": "substantial",
                "require_encrypted_id_token": true, "vouches": true, "scopes": "profile", "claims": ["name"],
                "create_accounts": true, "enabled": which != "password",
            },
            {
                "id": "hidden-bank", "connector": "oidc", "label": "Hidden Bank",
                "issuer": "https://hidden.test", "client_id": "op", "acr": "substantial",
                "enabled": false,
            },
        ],
    })
    .to_string()
}

const RELEASE: &str = r#"{"rules": [{"scope": "profile", "attributes": [{"attribute": "name"}]}]}"#;

/// The people, hashed once: a password hash is meant to be slow.
async fn people(issuer: &str) -> &'static [Account] {
    static OP: OnceLock<Vec<Account>> = OnceLock::new();
    static OTHER: OnceLock<Vec<Account>> = OnceLock::new();
    let made = if issuer == ISSUER { &OP } else { &OTHER };
    if made.get().is_none() {
        let _made_meanwhile = made.set(enroll(issuer).await);
    }
    made.get().unwrap()
}

async fn enroll(issuer: &str) -> Vec<Account> {
    let store = Arc::new(MemoryStore::new());
    let stores = Stores::from_one(store.clone());
    let clock = Arc::new(ManualClock::at(START));
    let provider = provider(issuer, &stores, &clock, Arc::new(Offline)).await;
    let mut people = Vec::new();
    for (name, status) in [
        ("alice", AccountStatus::Active),
        ("bob", AccountStatus::Active),
        ("minor", AccountStatus::Active),
        ("locked", AccountStatus::Locked),
        ("suspended", AccountStatus::Suspended),
    ] {
        let mut attributes = json!({"name": attribute(&format!("the {name}"), "personal")});
        if name == "alice" {
            attributes["national_id"] = attribute(NATIONAL_ID, "sensitive");
        }
        let account = NewAccount {
            identifiers: vec![name.to_owned()],
            password: Some(Secret::new(PASSWORD.to_owned())),
            attributes: serde_json::from_value(attributes).unwrap(),
            links: links(issuer, name).await,
        };
        let subject = provider.accounts().create(account).await.unwrap();
        let mut account = store
            .find(&tenant_of(issuer), &subject)
            .await
            .unwrap()
            .unwrap();
        account.status = status;
        people.push(account);
    }
    people
}

/// Alice has an account at the other issuer too; bob's there leads to the suspended one here.
async fn links(issuer: &str, name: &str) -> Vec<NewLink> {
    let there = match name {
        "alice" => 0,
        "suspended" => 1,
        _ => return Vec::new(),
    };
    if issuer == OTHER_ISSUER {
        return Vec::new();
    }
    let others = Box::pin(people(OTHER_ISSUER)).await;
    vec![NewLink {
        connection: "elsewhere".parse().unwrap(),
        issuer: OTHER_ISSUER.to_owned(),
        subject: others[there].subject.to_string(),
    }]
}

fn attribute(value: &str, sensitivity: &str) -> serde_json::Value {
    json!([{
        "value": value,
        "sensitivity": sensitivity,
        "provenance": {"source": "fixture", "verified": true, "at": 0},
    }])
}

/// A sensitive attribute of alice's.
pub(crate) const NATIONAL_ID: &str = "19850401-2384";

/// The client identifier of a fixture's name. It is never a name that a page shows.
pub(crate) fn client_id(name: &str) -> String {
    format!("client-{}", name.to_lowercase())
}

/// The redirect URI that the good request has.
pub(crate) fn redirect_uri(client: &str) -> &'static str {
    match client {
        "K2" => "https://rp2.example/cb",
        "Q" => "https://rp.example/cb?a=1",
        "N" => "http://127.0.0.1:8000/cb",
        "W" => "http://127.0.0.1:8000/cb",
        "L" => "http://localhost/cb",
        "S" => "com.example.app:/cb",
        _ => "https://rp.example/cb",
    }
}

pub(crate) fn is_public(client: &str) -> bool {
    matches!(client, "P" | "N" | "W" | "L" | "S" | "Q" | "H")
}

/// Clients: K (own, with keys), K2 (of a partner, with keys and two redirect
/// URIs), P (public), D (disabled), M (a machine), and public ones with other
/// redirect URIs: Q with a query, N native, W web on loopback, L web on
/// localhost, S native with an own scheme; H has markup in its name.
fn clients() -> Vec<Client> {
    let both = json!(["authorization_code", "refresh_token"]);
    let scope =
        "openid profile email offline_access orders:read orders:write orders:refund parcels:read";
    let client = |name: &str, more: serde_json::Value| {
        let mut client = json!({
            "client_id": client_id(name),
            "client_name": format!("Fixture {name}"),
            "redirect_uris": [redirect_uri(name)],
            "grant_types": both,
            "token_endpoint_auth_method": "none",
            "scope": scope,
            "first_party": true,
        });
        if !is_public(name) {
            client["token_endpoint_auth_method"] = json!("private_key_jwt");
            client["jwks"] = json!({"keys": [crate::jws::public(key(name))]});
        }
        for (name, value) in more.as_object().unwrap() {
            client[name] = value.clone();
        }
        serde_json::from_value(client).unwrap()
    };
    vec![
        client(
            "K",
            json!({
                "grant_types": ["authorization_code", "refresh_token", "client_credentials"],
                "post_logout_redirect_uris": ["https://rp.example/out"],
            }),
        ),
        client(
            "K2",
            json!({
                "redirect_uris": ["https://rp2.example/cb", "https://rp2.example/cb2"],
                "post_logout_redirect_uris": ["https://rp2.example/out"],
                "scope": "openid profile orders:read",
                "first_party": false,
            }),
        ),
        client(
            "M",
            json!({
                "grant_types": ["client_credentials"],
                "redirect_uris": [],
                "scope": "openid offline_access orders:read parcels:read",
            }),
        ),
        client("D", json!({"enabled": false})),
        client("P", json!({})),
        client("Q", json!({})),
        client("W", json!({})),
        client("L", json!({})),
        client("N", json!({"application_type": "native"})),
        client("S", json!({"application_type": "native"})),
        client(
            "H",
            json!({
                "client_name": "<script>alert(1)</script>\"'&",
                "first_party": false,
            }),
        ),
    ]
}

fn apis() -> Vec<ciam_core::api::Api> {
    let orders = json!({
        "audience": "https://orders.test",
        "name": "Orders",
        "scopes": {
            "orders:read": "see your orders",
            "orders:write": "order for you",
            "orders:refund": "pay you back",
        },
        "jwks": serde_json::from_str::<serde_json::Value>(&JwkSet::new([orders_key().public_jwk()]).to_json()).unwrap(),
    });
    let parcels = json!({
        "audience": "https://parcels.test",
        "name": "Parcels",
        "scopes": {"parcels:read": "see your parcels"},
    });
    [orders, parcels]
        .into_iter()
        .map(|api| serde_json::from_value(api).unwrap())
        .collect()
}

/// The key that tokens for the orders are encrypted to.
pub(crate) fn orders_key() -> &'static DecryptKey {
    static KEY: OnceLock<DecryptKey> = OnceLock::new();
    KEY.get_or_init(|| {
        DecryptKey::generate(KeyManagement::EcdhEs, ContentEncryption::A256Gcm).unwrap()
    })
}

/// The signing key of a client; `stranger` is nobody's.
pub(crate) fn key(name: &str) -> &'static SigningKey {
    static KEYS: OnceLock<Vec<(&'static str, SigningKey)>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        ["K", "K2", "M", "D", "stranger"]
            .map(|name| (name, SigningKey::generate(SigningAlgorithm::Es256).unwrap()))
            .into()
    });
    let (_, key) = keys.iter().find(|(known, _)| *known == name).unwrap();
    key
}

#[allow(non_snake_case, reason = "it stands for a constant that cannot be one")]
fn ROOT() -> RootKey {
    RootKey::new([7; 32])
}

const START: Timestamp = Timestamp::from_secs(1_800_000_000);

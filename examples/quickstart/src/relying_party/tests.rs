#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::sync::Mutex as Shared;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::response::Json;
use axum::routing::{get, post};
use ciam::tokens::{JwkSet, SigningAlgorithm, SigningKey, jws};
use serde_json::{Value, json};

use super::*;

/// As much of a provider as a login needs.
struct Provider {
    issuer: String,
    key: Shared<SigningKey>,
    loaded: AtomicUsize,
}

fn new_key() -> SigningKey {
    SigningKey::generate(SigningAlgorithm::Es256).unwrap()
}

impl Provider {
    async fn start() -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Arc::new(Self {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            key: Shared::new(new_key()),
            loaded: AtomicUsize::new(0),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .with_state(Arc::clone(&provider));
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn sign(&self, payload: &Value) -> String {
        let key = self.key.lock().unwrap();
        let signed = jws::sign(&key, "JWT", payload.to_string().as_bytes());
        signed.unwrap().as_str().to_owned()
    }
}

async fn metadata(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let at = |path| format!("{}{path}", provider.issuer);
    Json(json!({
        "issuer": provider.issuer,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn jwks(State(provider): State<Arc<Provider>>) -> Json<Value> {
    provider.loaded.fetch_add(1, Ordering::SeqCst);
    let key = provider.key.lock().unwrap().public_jwk();
    Json(serde_json::from_str(&JwkSet::new([key]).to_json()).unwrap())
}

async fn token(State(provider): State<Arc<Provider>>) -> Json<Value> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let id_token = provider.sign(&json!({
        "iss": provider.issuer, "aud": "shop", "sub": "alice", "nonce": "n",
        "iat": now.as_secs(), "exp": now.as_secs() + 60,
    }));
    Json(json!({ "access_token": "a", "token_type": "Bearer", "id_token": id_token }))
}

#[tokio::test]
async fn a_new_key_of_the_provider_is_found() {
    let provider = Provider::start().await;
    let key = ClientKey::stranger("shop").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let client = RelyingParty::new(&provider.issuer, "http://127.0.0.1:9/cb", key, http);
    let redeem = || client.redeem("code".to_owned(), "verifier", "n");
    for _ in 0..2 {
        assert_eq!(redeem().await.unwrap().text("sub"), Some("alice"));
    }
    assert_eq!(provider.loaded.load(Ordering::SeqCst), 1);

    *provider.key.lock().unwrap() = new_key();
    for _ in 0..2 {
        assert_eq!(redeem().await.unwrap().text("sub"), Some("alice"));
    }
    assert_eq!(provider.loaded.load(Ordering::SeqCst), 2);
}

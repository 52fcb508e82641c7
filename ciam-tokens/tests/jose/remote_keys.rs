//! Keys that are fetched from an issuer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_core::http_client::{HttpClient, HttpError};
use ciam_core::token::TokenError;
use ciam_tokens::{AccessTokenVerifier, JwkSet, RemoteKeySet, SigningKey, jws};
use serde_json::json;

use crate::forge::{API, ISSUER, NOW, access_claims, signing_key, with};

/// A server that answers with what it was given last, and counts.
#[derive(Default)]
struct Server {
    answers: Mutex<(u16, String, Option<&'static str>)>,
    asked: Mutex<usize>,
    /// Answers wait while somebody writes.
    gate: Arc<tokio::sync::RwLock<()>>,
}

impl Server {
    fn publish(&self, keys: &[&SigningKey], cache: Option<&'static str>) {
        let set = JwkSet::new(keys.iter().map(|key| key.public_jwk()));
        *self.answers.lock().unwrap() = (200, set.to_json(), cache);
    }

    fn fail(&self, status: u16) {
        *self.answers.lock().unwrap() = (status, "{\"keys\":[]}".into(), None);
    }

    fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

#[async_trait]
impl HttpClient for Server {
    async fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> Result<http::Response<Bytes>, HttpError> {
        assert_eq!(request.uri(), "https://id.example.com/jwks");
        *self.asked.lock().unwrap() += 1;
        let _open = self.gate.read().await;
        let (status, body, cache) = self.answers.lock().unwrap().clone();
        let mut response = http::Response::builder().status(status);
        if let Some(cache) = cache {
            response = response.header("cache-control", cache);
        }
        Ok(response.body(body.into()).unwrap())
    }
}

fn api(server: &Arc<Server>) -> AccessTokenVerifier {
    let uri = http::Uri::from_static("https://id.example.com/jwks");
    let keys = RemoteKeySet::new(Arc::clone(server) as _, uri);
    AccessTokenVerifier::new(ISSUER, API, Arc::new(keys))
}

fn token(key: &SigningKey) -> String {
    let claims = with(access_claims(), "exp", json!(NOW.as_secs() + 80_000));
    jws::sign(key, "at+jwt", claims.to_string().as_bytes())
        .unwrap()
        .into_string()
}

fn after(seconds: u64) -> ciam_core::Timestamp {
    NOW + Duration::from_secs(seconds)
}

#[tokio::test]
async fn keys_are_fetched_once_and_again_when_their_time_is_over() {
    let (server, key) = (Arc::new(Server::default()), signing_key());
    server.publish(&[&key], Some("public, max-age=600"));
    let (api, token) = (api(&server), token(&key));
    for (at, asked) in [(0, 1), (1, 1), (599, 1), (600, 2), (601, 2)] {
        assert!(api.verify_token(&token, after(at)).await.is_ok());
        assert_eq!(server.asked(), asked, "after {at} s");
    }
}

#[tokio::test]
async fn fd28_a_new_key_is_found_at_once() {
    let (server, old, new) = (Arc::new(Server::default()), signing_key(), signing_key());
    server.publish(&[&old], None);
    let api = api(&server);
    assert!(api.verify_token(&token(&old), NOW).await.is_ok());
    server.publish(&[&new, &old], None);
    assert!(api.verify_token(&token(&new), after(1)).await.is_ok());
    assert_eq!(server.asked(), 2);
}

#[tokio::test]
async fn fd09_made_up_keys_become_one_request_a_minute() {
    let (server, old, new) = (Arc::new(Server::default()), signing_key(), signing_key());
    server.publish(&[&old], None);
    let api = api(&server);
    assert!(api.verify_token(&token(&old), NOW).await.is_ok());
    for second in 1..21 {
        let made_up = token(&signing_key());
        assert!(api.verify_token(&made_up, after(second)).await.is_err());
    }
    assert_eq!(server.asked(), 2);
    server.publish(&[&new, &old], None);
    assert!(api.verify_token(&token(&new), after(60)).await.is_err());
    assert!(api.verify_token(&token(&new), after(61)).await.is_ok());
    assert_eq!(server.asked(), 3);
}

#[tokio::test]
async fn an_issuer_that_is_down_is_asked_once_a_minute() {
    let (server, key) = (Arc::new(Server::default()), signing_key());
    server.fail(500);
    let (api, token) = (api(&server), token(&key));
    for second in 0..60 {
        let answer = api.verify_token(&token, after(second)).await;
        assert!(matches!(answer, Err(TokenError::Unavailable(_))));
    }
    assert_eq!(server.asked(), 1);
    server.publish(&[&key], None);
    assert!(api.verify_token(&token, after(60)).await.is_ok());
}

#[tokio::test]
async fn many_at_once_wait_for_one_answer() {
    let (server, key) = (Arc::new(Server::default()), signing_key());
    server.publish(&[&key], None);
    let api = Arc::new(api(&server));
    // At first, and when what is held is too old to be used.
    for (day, asked) in [(0, 1), (3, 2)] {
        let now = after(day * 24 * 3_600);
        let claims = with(access_claims(), "exp", json!(now.as_secs() + 300));
        let token = jws::sign(&key, "at+jwt", claims.to_string().as_bytes()).unwrap();
        let held = Arc::clone(&server.gate).write_owned().await;
        let tasks: Vec<_> = (0..16)
            .map(|_| {
                let (api, token) = (Arc::clone(&api), token.as_str().to_owned());
                tokio::spawn(async move { api.verify_token(&token, now).await.is_ok() })
            })
            .collect();
        // One thread: now all of them run until they wait.
        tokio::task::yield_now().await;
        assert_eq!(server.asked(), asked);
        drop(held);
        for task in tasks {
            assert!(task.await.unwrap());
        }
        assert_eq!(server.asked(), asked);
    }
}

#[tokio::test]
async fn a_failing_issuer_does_not_take_known_keys_away() {
    let (server, key) = (Arc::new(Server::default()), signing_key());
    server.publish(&[&key], None);
    let (api, token) = (api(&server), token(&key));
    assert!(api.verify_token(&token, NOW).await.is_ok());
    server.fail(503);
    assert!(api.verify_token(&token, after(3_600)).await.is_ok());
}

#[tokio::test]
async fn without_keys_it_is_nobodys_fault() {
    let (server, key) = (Arc::new(Server::default()), signing_key());
    server.fail(500);
    let answer = api(&server).verify_token(&token(&key), NOW).await;
    assert!(
        matches!(answer, Err(TokenError::Unavailable(_))),
        "{answer:?}"
    );
}

#[tokio::test]
async fn nothing_is_fetched_for_what_is_no_token() {
    let server = Arc::new(Server::default());
    let answer = api(&server).verify_token("x.y.z", NOW).await;
    assert!(matches!(answer, Err(TokenError::Invalid(_))));
    assert_eq!(server.asked(), 0);
}

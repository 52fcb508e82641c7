//! The guarded client against a local listener: rows SS-*.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use ciam_broker::GuardedClient;
use ciam_broker::http::ResolveHost;
use ciam_core::http_client::{HttpClient, HttpError};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that counts who comes, and gives everybody the same answer.
struct Canary {
    port: u16,
    visits: Arc<AtomicUsize>,
}

impl Canary {
    async fn start(answer: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let visits = Arc::new(AtomicUsize::new(0));
        let counter = visits.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut buffer = [0; 4096];
                    let _ = stream.read(&mut buffer).await;
                    let _ = stream.write_all(&answer).await;
                });
            }
        });
        Self { port, visits }
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::SeqCst)
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn answer(headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

async fn get(client: &GuardedClient, url: &str) -> Result<Response<Bytes>, HttpError> {
    client
        .send(Request::get(url).body(Bytes::new()).unwrap())
        .await
}

/// Answers the same for every name, and counts.
struct Always(Vec<IpAddr>, AtomicUsize);

#[async_trait]
impl ResolveHost for Always {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn an_allowed_origin_is_reached_and_no_other() {
    let (bank, other) = (
        Canary::start(answer("", "hi")).await,
        Canary::start(answer("", "hi")).await,
    );
    let client = GuardedClient::new()
        .unwrap()
        .dangerous_allow_loopback([bank.origin()])
        .unwrap();
    let got = get(&client, &format!("{}/jwks?a=b", bank.origin()))
        .await
        .unwrap();
    assert_eq!(got.body().as_ref(), b"hi");
    let refused = get(&client, &other.origin()).await;
    assert!(matches!(refused, Err(HttpError::Forbidden)));
    assert_eq!((bank.visits(), other.visits()), (1, 0));
}

#[tokio::test]
async fn only_origins_on_this_machine_can_be_allowed() {
    for origin in [
        "http://bank.example",
        "http://10.0.0.1:8080",
        "127.0.0.1:8080",
        "http://127.0.0.1:8080/path",
        "http://u@127.0.0.1:8080",
        "",
    ] {
        let client = GuardedClient::new().unwrap();
        assert!(
            client.dangerous_allow_loopback([origin]).is_err(),
            "{origin}"
        );
    }
}

#[tokio::test]
async fn ss01_ss02_ss03_ss10_refused_before_anything_is_sent() {
    let canary = Canary::start(answer("", "hi")).await;
    let port = canary.port;
    let client = GuardedClient::new().unwrap();
    let mut urls: Vec<String> = [
        "127.0.0.1",
        "[::1]",
        "10.1.2.3",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.255",
        "0.0.0.0",
        "255.255.255.255",
        "224.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "[fc00::1]",
        "[fd12::1]",
        "[fe80::1]",
        "[::]",
        "[ff02::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:db8::1]",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "127.0.0.1.",
        "bank.example.",
    ]
    .iter()
    .map(|host| format!("https://{host}:{port}/"))
    .collect();
    urls.extend([
        canary.origin(),
        format!("http://localhost:{port}/"),
        format!("https://user:password@bank.example:{port}/"),
        "https://bank.example:22/".to_owned(),
        "https://bank.example:25/".to_owned(),
        "https://bank.example:80/".to_owned(),
        "https://bank.example:6379/".to_owned(),
        "http://bank.example/".to_owned(),
    ]);
    for url in urls {
        let Ok(request) = Request::get(&url).body(Bytes::new()) else {
            continue; // not even a URI
        };
        let outcome = client.send(request).await;
        assert!(
            matches!(outcome, Err(HttpError::Forbidden)),
            "{url}: {outcome:?}"
        );
    }
    assert_eq!(canary.visits(), 0);
}

#[tokio::test]
async fn ss04_ss05_a_public_name_with_a_private_address() {
    let canary = Canary::start(answer("", "hi")).await;
    for addresses in [
        vec!["127.0.0.1"],
        vec!["93.184.216.34", "127.0.0.1"],
        vec!["::ffff:127.0.0.1"],
        vec!["169.254.169.254"],
    ] {
        let addresses = addresses.iter().map(|text| text.parse().unwrap()).collect();
        let resolver = Arc::new(Always(addresses, AtomicUsize::new(0)));
        let client = GuardedClient::with_resolver(resolver.clone()).unwrap();
        let url = format!("https://bank.example:{}/", canary.port);
        let outcome = get(&client, &url).await;
        assert!(matches!(outcome, Err(HttpError::Forbidden)), "{outcome:?}");
        // Checked and connected to in one step: nobody resolves a second time.
        assert_eq!(resolver.1.load(Ordering::SeqCst), 1);
    }
    assert_eq!(canary.visits(), 0);
}

#[tokio::test]
async fn ss04_an_allowed_name_that_leads_away_from_this_machine() {
    let resolver = Arc::new(Always(
        vec!["192.168.0.1".parse().unwrap()],
        AtomicUsize::new(0),
    ));
    let client = GuardedClient::with_resolver(resolver.clone())
        .unwrap()
        .dangerous_allow_loopback(["http://localhost:8081"])
        .unwrap();
    let outcome = get(&client, "http://localhost:8081/").await;
    assert!(matches!(outcome, Err(HttpError::Forbidden)), "{outcome:?}");
    assert_eq!(resolver.1.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn ss06_redirects_are_handed_back_not_followed() {
    let inner = Canary::start(answer("", "secret")).await;
    let redirect = format!(
        "HTTP/1.1 302 Found\r\ncontent-length: 0\r\nlocation: {}/\r\n\r\n",
        inner.origin()
    );
    let outer = Canary::start(redirect.into_bytes()).await;
    let client = GuardedClient::new()
        .unwrap()
        .dangerous_allow_loopback([outer.origin(), inner.origin()])
        .unwrap();
    let got = get(&client, &outer.origin()).await.unwrap();
    assert_eq!(got.status(), 302);
    assert_eq!(inner.visits(), 0);
}

#[tokio::test]
async fn ss07_bodies_end_at_the_limit() {
    let limit = 256 * 1024;
    let announced = answer("", &"x".repeat(limit + 1));
    let endless = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec(),
        format!("10000\r\n{}\r\n", "x".repeat(0x10000))
            .repeat(5)
            .into_bytes(),
    ]
    .concat();
    for body in [announced, endless] {
        let canary = Canary::start(body).await;
        let client = GuardedClient::new()
            .unwrap()
            .dangerous_allow_loopback([canary.origin()])
            .unwrap();
        let outcome = get(&client, &canary.origin()).await;
        assert!(matches!(outcome, Err(HttpError::TooLarge)));
    }
    let canary = Canary::start(answer("", &"x".repeat(limit))).await;
    let client = GuardedClient::new()
        .unwrap()
        .dangerous_allow_loopback([canary.origin()])
        .unwrap();
    assert_eq!(
        get(&client, &canary.origin()).await.unwrap().body().len(),
        limit
    );
}

/// Time stands still but for timers, so the five seconds are over at once.
#[tokio::test(start_paused = true)]
async fn ss07_a_server_that_never_ends_its_answer_runs_into_the_time_limit() {
    let headers = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nslow".to_vec();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await;
        let _ = stream.write_all(&headers).await;
        std::future::pending::<()>().await;
    });
    let client = GuardedClient::new()
        .unwrap()
        .dangerous_allow_loopback([&origin])
        .unwrap();
    let outcome = get(&client, &origin).await;
    assert!(matches!(outcome, Err(HttpError::Timeout)), "{outcome:?}");
}

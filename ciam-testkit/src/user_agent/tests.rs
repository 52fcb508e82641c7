#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use std::sync::Mutex;

use super::*;

/// Keeps what was sent and answers each path with what it has for it.
#[derive(Default)]
struct Server {
    seen: Mutex<Vec<Request<Bytes>>>,
}

#[async_trait::async_trait(?Send)]
impl Transport for Server {
    async fn send(&self, request: Request<Bytes>) -> http::Response<Bytes> {
        let path = request.uri().path().to_owned();
        self.seen.lock().unwrap().push(request);
        let answer = http::Response::builder();
        let answer = match path.as_str() {
            "/set" => answer
                .header(
                    "set-cookie",
                    "__Host-id=1; Path=/; Secure; HttpOnly; SameSite=Lax",
                )
                .header("set-cookie", "below=2; Path=/a")
                .header("set-cookie", "__Host-bad=3; Path=/a; Secure"),
            "/unset" => answer.header("set-cookie", "__Host-id=; Path=/; Secure; Max-Age=0"),
            "/go" => answer.status(303).header("location", "/set?done=yes"),
            _ => answer,
        };
        answer.body(Bytes::new()).unwrap()
    }
}

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn sent(browser: &UserAgent<Server>, name: &str) -> Option<String> {
    let seen = browser.transport.seen.lock().unwrap();
    let value = seen.last().unwrap().headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn cookies_keep_to_host_path_and_scheme() {
    let mut browser = UserAgent::new(Server::default());
    browser.open(&url("https://op.test/set")).await;
    for (to, cookies) in [
        ("https://op.test/", Some("__Host-id=1")),
        ("https://op.test:8443/x", Some("__Host-id=1")),
        ("https://op.test/a", Some("__Host-id=1; below=2")),
        ("https://op.test/ab", Some("__Host-id=1")),
        ("http://op.test/a/b", Some("below=2")),
        ("https://other.test/", None),
    ] {
        browser.open(&url(to)).await;
        assert_eq!(sent(&browser, "cookie").as_deref(), cookies, "{to}");
    }
    browser.open(&url("https://op.test/unset")).await;
    browser.open(&url("https://op.test/")).await;
    assert_eq!(sent(&browser, "cookie"), None);
}

#[tokio::test]
async fn a_form_of_another_site_brings_no_cookies() {
    let mut browser = UserAgent::new(Server::default());
    browser.open(&url("https://op.test/set")).await;
    let evil = browser.open(&url("https://evil.test/")).await;
    let form = Form {
        action: url("https://op.test/interaction"),
        post: true,
        fields: vec![("a".into(), "b c".into())],
        ids: Vec::new(),
    };
    browser.submit(&evil, &form).await;
    assert_eq!(sent(&browser, "cookie"), None);
    assert_eq!(sent(&browser, "origin").unwrap(), "https://evil.test");
    assert_eq!(sent(&browser, "sec-fetch-site").unwrap(), "cross-site");
    let seen = browser.transport.seen.lock().unwrap();
    assert_eq!(seen.last().unwrap().body(), "a=b+c");
}

#[tokio::test]
async fn redirects_are_followed_on_demand() {
    let mut browser = UserAgent::new(Server::default());
    let page = browser.open(&url("https://op.test/go")).await;
    assert_eq!(page.redirect_parameter("done").as_deref(), Some("yes"));
    let page = browser.follow(&page).await.unwrap();
    assert_eq!(page.url.path(), "/set");
    assert_eq!(sent(&browser, "sec-fetch-site").unwrap(), "same-origin");
}

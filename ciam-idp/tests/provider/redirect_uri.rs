//! RU: redirect URIs are compared byte for byte.

use ciam_core::client::RedirectUri;

use crate::browser::{Browser, text};
use crate::world::{World, authorize};

#[tokio::test]
async fn no_other_spelling_is_accepted() {
    let world = World::new().await;
    let long = format!("https://rp.example/cb{}", "a".repeat(4_076));
    let wrong = [
        "https://rp.example/cb/x",
        "https://rp.example/cbx",
        "https://rp.example/c",
        "https://rp.example/cb/",
        "https://rp.example/CB",
        "HTTPS://RP.example/cb",
        "https://rp.example/cb?x=1",
        "https://rp.example/cb#f",
        "https://rp.example@evil.example/cb",
        "https://rp.example@evil.example@rp.example/cb",
        "https://rp.example/a/..%2fcb",
        "https://rp.example/%252e%252e/cb",
        "https://rp.example:443/cb",
        "http://rp.example/cb",
        "http://localhost.evil.example/cb",
        "https:\\\\rp.example\\cb",
        "https:/\\rp.example/cb",
        "https://rр.example/cb",
        "https://xn--r-3tb.example/cb",
        "http://127.0.0.1:9/cb",
        &long,
    ];
    for uri in wrong {
        let request = authorize(&[("redirect_uri", uri)]);
        let page = Browser::default()
            .get(&world.provider, request.as_str())
            .await;
        assert_eq!(page.status(), 400, "{uri}");
        assert!(!page.headers().contains_key("location"), "{uri}");
        assert_eq!(page.headers()["cache-control"], "no-store");
        assert!(text(&page).contains("<html"));
    }
}

#[tokio::test]
async fn a_registered_query_is_compared_too() {
    let world = World::new().await;
    for (uri, status) in [
        ("https://rp.example/second?a=1", 200),
        ("https://rp.example/second?a=1&b=2", 400),
        ("https://rp.example/second?b=2&a=1", 400),
        ("https://rp.example/second", 400),
    ] {
        let request = authorize(&[("client_id", "two"), ("redirect_uri", uri)]);
        let page = Browser::default()
            .get(&world.provider, request.as_str())
            .await;
        assert_eq!(page.status(), status, "{uri}");
    }
}

#[test]
fn registration_refuses_wildcards_scripts_and_bare_schemes() {
    for uri in [
        "https://*.example/cb",
        "*",
        "https://rp.example/*",
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "VBScript:x",
        "app:/cb",
    ] {
        assert!(RedirectUri::new(uri).is_err(), "{uri}");
    }
    assert!(RedirectUri::new("com.example.app:/cb").is_ok());
}

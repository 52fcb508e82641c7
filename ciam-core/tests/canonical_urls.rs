//! Issuers and redirect URIs have one spelling.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use ciam_core::Issuer;
use ciam_core::client::{ApplicationType, RedirectUri};

#[test]
fn an_issuer_is_spelled_in_one_way() {
    for good in [
        "https://id.example.com",
        "https://id.example.com/",
        "https://id.example.com/tenant",
        "https://id.example.com/tenant/",
        "https://id.example.com:8443/a/b",
        "http://127.0.0.1:8080",
        "http://[::1]:8080/x",
    ] {
        let issuer: Issuer = good.parse().unwrap();
        assert_eq!(issuer.as_str(), good);
        assert!(issuer.path().is_empty() || issuer.path().starts_with('/'));
    }
    for bad in [
        "https://id.example.com:443",
        "https://id.example.com:443/x",
        "http://127.0.0.1:80/x",
        "https://ID.example.com/x",
        "HTTPS://id.example.com/x",
        "https:id.example.com/x",
        "https:\\\\id.example.com/x",
        "https://id.example.com/a/../x",
        "https://id.example.com/a/./x",
        "https://id.example.com/a/%2e%2e/x",
        "https://id.example.com\\x",
        "https://id.example.com/a\\x",
        "https://id.example.com/a\tb",
        "https://id.example.com/a\nb",
        "https://id.example.com/a b",
        " https://id.example.com/",
        "https://id.example.com/é",
        "https://id.example.com//..//",
        "https://user@id.example.com/",
    ] {
        assert!(bad.parse::<Issuer>().is_err(), "{bad:?}");
    }
}

#[test]
fn a_web_redirect_uri_is_spelled_in_one_way() {
    for good in [
        "https://shop.example/cb",
        "https://shop.example",
        "https://shop.example/",
        "https://shop.example:8443/cb?a=b",
        "http://127.0.0.1/cb",
        "http://localhost:8080/cb",
        "com.example.app:/cb",
    ] {
        assert_eq!(RedirectUri::new(good).unwrap().as_str(), good);
    }
    for bad in [
        "https:shop.example/cb",
        "https:/shop.example/cb",
        "https:///shop.example/cb",
        "https://shop.example:443/cb",
        "http://127.0.0.1:80/cb",
        "https://SHOP.example/cb",
        "HTTPS://shop.example/cb",
        "https://shop.example/a/../cb",
        "https://shop.example/a/%2e./cb",
        "https://shop.example?a=b",
        "http://127.1/cb",
        "https://user:word@shop.example/cb",
    ] {
        assert!(RedirectUri::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn a_loopback_port_may_differ_and_nothing_else() {
    let uri = RedirectUri::new("http://127.0.0.1/cb").unwrap();
    let native = |sent| uri.matches(ApplicationType::Native, sent);
    assert!(native("http://127.0.0.1:4711/cb"));
    for sent in [
        "http://:x@127.0.0.1:4711/cb",
        "http://x@127.0.0.1:4711/cb",
        "http://x:y@127.0.0.1:4711/cb",
        "http://127.0.0.1:4711/cb#f",
        "http://127.0.0.1:4711/cb?x",
        "http://127.0.0.2:4711/cb",
        "https://127.0.0.1:4711/cb",
    ] {
        assert!(!native(sent), "{sent}");
    }
    assert!(!uri.matches(ApplicationType::Web, "http://127.0.0.1:4711/cb"));
}

//! RU-14 to RU-16: what cannot be registered as a redirect URI.

use ciam_core::client::RedirectUri;

#[test]
fn ru_14_wildcards_cannot_be_registered() {
    refused(&["https://*.example/cb", "*", "https://rp.example/*"]);
}

#[test]
fn ru_15_schemes_that_run_code_cannot_be_registered() {
    refused(&[
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "JAVASCRIPT://rp.example/%0aalert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "DATA:text/html;base64,eA==",
        "vbscript:x",
        "VBScript:x",
        "java\tscript:alert(1)",
        "file:///etc/passwd",
        "blob:https://rp.example/1",
    ]);
}

#[test]
fn ru_16_a_custom_scheme_needs_a_dot() {
    refused(&["myapp:/cb", "myapp://cb", "rp:cb"]);
    RedirectUri::new("com.example.app:/cb").unwrap();
}

#[test]
fn what_could_be_read_in_two_ways_cannot_be_registered() {
    refused(&[
        "/cb",
        "rp.example/cb",
        "//rp.example/cb",
        "http://rp.example/cb",
        "https://rp.example/cb#",
        "https://rp.example/cb#f",
        "https://u@rp.example/cb",
        "https://u:p@rp.example/cb",
        "https:\\\\rp.example\\cb",
        "https://rp.example/a b",
        "https://rp.example/cb\r\n",
        "https://b\u{fc}cher.example/cb",
        "",
    ]);
}

fn refused(uris: &[&str]) {
    let accepted: Vec<_> = uris
        .iter()
        .filter(|uri| RedirectUri::new(uri).is_ok())
        .collect();
    assert!(accepted.is_empty(), "accepted: {accepted:?}");
}

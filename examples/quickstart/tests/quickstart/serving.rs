//! What the running demo answers.

use std::collections::BTreeSet;

use reqwest::header::HOST;

use crate::demo::{Demo, browser, http, quickstart};

#[tokio::test]
async fn every_party_refuses_another_host_name() {
    let demo = Demo::start();
    for party in ["issuer", "shop", "api", "partner", "bank", "social"] {
        let url = format!("{}/", demo.url(party));
        let answer = http()
            .get(&url)
            .header(HOST, "shop.example.com")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 421, "{party}");
        let own = http().get(&url).send().await.unwrap();
        assert_ne!(own.status(), 421, "{party}");
    }
}

#[tokio::test]
async fn all_parties_share_one_cookie_jar_undisturbed() {
    let demo = Demo::start();
    let mut browser = browser();
    let shop = demo.url("shop").to_owned();
    let partner = demo.url("partner").to_owned();

    // The shop, by the bank: sessions at shop, provider and bank.
    let screen = browser.open(&format!("{shop}/login")).await.unwrap();
    let bank = screen.form_with("connection", Some("demo-bank")).unwrap();
    let at_bank = browser.submit(&bank, &[], None).await.unwrap();
    let form = at_bank.form_with("password", None).unwrap();
    let values = [("username", "alice"), ("password", "battery-staple")];
    let home = browser.submit(&form, &values, None).await.unwrap();
    assert_eq!(
        home.text_of("acr").unwrap(),
        "substantial",
        "{}",
        home.shown()
    );

    // The partner: the provider knows the browser, so there is only consent.
    let consent = browser.open(&format!("{partner}/login")).await.unwrap();
    let form = consent.form_with("choice", Some("allow")).unwrap();
    let connected = browser.submit(&form, &[], None).await.unwrap();
    assert!(connected.text_of("scopes").unwrap().contains("orders:read"));

    // Everybody still knows the browser.
    let home = browser.open(&shop).await.unwrap();
    assert_eq!(home.text_of("acr").unwrap(), "substantial");
    let again = browser.open(&format!("{shop}/login")).await.unwrap();
    assert!(again.url.as_str().starts_with(&shop), "{}", again.shown());

    let names = browser.cookie_names();
    let different: BTreeSet<_> = names.iter().collect();
    assert_eq!(names.len(), different.len(), "{names:?}");
    assert!(names.len() >= 4, "{names:?}");
}

#[tokio::test]
async fn the_ready_file_says_what_a_client_needs() {
    let demo = Demo::start();
    for name in [
        "issuer",
        "shop",
        "api",
        "partner",
        "bank",
        "social",
        "client_id",
        "redirect_uri",
        "username",
        "password",
        "private_key_pem",
        "kid",
    ] {
        assert!(demo.ready[name].is_string(), "{name}");
    }
    assert_eq!(demo.ready["client_id"], "referee");
    assert_eq!(demo.ready["redirect_uri"], "http://127.0.0.1:9/cb");
    let url = format!("{}/.well-known/openid-configuration", demo.url("issuer"));
    assert_eq!(http().get(&url).send().await.unwrap().status(), 200);
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_cleanly() {
    use std::os::unix::fs::PermissionsExt;
    let demo = Demo::start();
    let (status, dir) = demo.terminate();
    assert!(status.success(), "{status}");
    for name in [
        "ciam.key",
        "demo-bank.key",
        "client-keys/shop.pem",
        "client-keys/orders.pem",
        "ciam.db",
    ] {
        let mode = std::fs::metadata(dir.path().join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
    // Closed databases have no write-ahead log beside them.
    assert!(!dir.path().join("ciam.db-wal").exists());
}

#[tokio::test]
async fn the_assertion_of_the_command_line_gets_a_machine_its_token() {
    let demo = Demo::start();
    let dir = demo.dir.path().to_str().unwrap();
    let output = quickstart(&["--dir", dir, "assertion"]);
    let assertion = String::from_utf8(output.stdout).unwrap();
    let body = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("scope", "orders:stock")
        .append_pair(
            "client_assertion_type",
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        )
        .append_pair("client_assertion", assertion.trim())
        .finish();
    let answer = http()
        .post(format!("{}/token", demo.url("issuer")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let answer: serde_json::Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let stock = http()
        .get(format!("{}/orders/stock", demo.url("api")))
        .header(
            "authorization",
            format!("Bearer {}", answer["access_token"].as_str().unwrap()),
        )
        .send()
        .await
        .unwrap();
    assert_eq!(stock.status(), 200);
}

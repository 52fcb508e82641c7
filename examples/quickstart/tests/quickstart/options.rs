//! `options` in a second process.

use crate::demo::{Demo, browser, quickstart, refusal, six_ports};

#[tokio::test]
async fn a_disabled_option_is_gone_at_the_next_page_load_and_enable_brings_it_back() {
    let demo = Demo::start();
    let mut browser = browser();
    let screen = browser
        .open(&format!("{}/login", demo.url("shop")))
        .await
        .unwrap();
    assert!(screen.has_form_with("connection", "demo-bank"));

    assert!(demo.options(&["disable", "demo-bank"]).status.success());
    let url = screen.url.to_string();
    let without = browser.open(&url).await.unwrap();
    assert!(!without.has_form_with("connection", "demo-bank"));

    assert!(demo.options(&["enable", "demo-bank"]).status.success());
    let again = browser.open(&url).await.unwrap();
    assert!(again.has_form_with("connection", "demo-bank"));
}

#[tokio::test]
async fn an_added_option_is_offered_and_listed() {
    let demo = Demo::start();
    let added = demo.options(&["add", "demo-social", "--issuer", demo.url("social")]);
    assert!(added.status.success(), "{added:?}");
    let listed = demo.options(&["list"]);
    let listed = String::from_utf8(listed.stdout).unwrap();
    for option in ["password", "demo-bank", "demo-social"] {
        assert!(listed.contains(option), "{listed}");
    }
    let screen = browser()
        .open(&format!("{}/login", demo.url("shop")))
        .await
        .unwrap();
    assert!(screen.has_form_with("connection", "demo-social"));

    let twice = demo.options(&["add", "demo-social", "--issuer", demo.url("social")]);
    assert!(refusal(&twice).contains("already"));
}

#[test]
fn what_cannot_be_changed_is_said_in_one_line() {
    let demo = Demo::start();
    let unknown = demo.options(&["disable", "demo-bnk"]);
    assert!(refusal(&unknown).contains("did you mean `demo-bank`?"));
    let far = demo.options(&["add", "x", "--issuer", "https://id.example.com"]);
    assert!(refusal(&far).contains("reaches no issuers but its own"));
    let nonsense = demo.options(&["add", "x", "--issuer", "nonsense"]);
    assert!(refusal(&nonsense).contains("is not an issuer"));

    let social = demo.url("social").to_owned();
    let (_, dir) = demo.terminate();
    let silent = quickstart(&[
        "--dir",
        dir.path().to_str().unwrap(),
        "options",
        "add",
        "demo-social",
        "--issuer",
        &social,
    ]);
    assert!(refusal(&silent).contains("does not answer"));
}

#[tokio::test]
async fn people_and_options_survive_a_restart() {
    let port = six_ports().to_string();
    let demo = Demo::start_in(tempfile::tempdir().unwrap(), &port);
    assert!(demo.options(&["disable", "password"]).status.success());
    let (status, dir) = demo.terminate();
    assert!(status.success(), "{status}");

    let demo = Demo::start_in(dir, &port);
    let mut browser = browser();
    let screen = browser
        .open(&format!("{}/login", demo.url("shop")))
        .await
        .unwrap();
    assert!(screen.form_with("password", None).is_err());

    // The bank's customer is still the demo user, with her order.
    let bank = screen.form_with("connection", Some("demo-bank")).unwrap();
    let at_bank = browser.submit(&bank, &[], None).await.unwrap();
    let form = at_bank.form_with("password", None).unwrap();
    let values = [("username", "alice"), ("password", "battery-staple")];
    browser.submit(&form, &values, None).await.unwrap();
    let orders = browser
        .open(&format!("{}/orders", demo.url("shop")))
        .await
        .unwrap();
    assert!(orders.text_of("orders").unwrap().contains("42.50"));
}

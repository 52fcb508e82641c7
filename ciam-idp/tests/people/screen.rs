//! The discovery screen changes with the settings, at the next page load.

use ciam_broker::SignInSettings;
use ciam_core::settings::SettingsKind;

use super::site::{PASSWORD, Site, answer, authorize, post_password, stay, visit};

fn settings(password: bool) -> SignInSettings {
    SignInSettings {
        password,
        connections: Vec::new(),
    }
}

#[tokio::test]
async fn option_switched_off_is_gone_at_the_next_page_load() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert_eq!(page.status, 200);
    assert!(page.form("password-form").is_some());

    site.publish(&settings(false)).await;
    let page = browser.open(&page.url).await;
    assert!(page.form("password-form").is_none());
    assert!(page.text().contains("no-options"));

    site.publish(&settings(true)).await;
    let page = browser.open(&page.url).await;
    assert!(page.form("password-form").is_some());
}

#[tokio::test]
async fn lg_37_option_switched_off_between_load_and_post_is_refused() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    site.publish(&settings(false)).await;
    let refused = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text().contains("no longer offered"));
    assert!(super::site::session_cookie(&browser).is_none());
}

#[tokio::test]
async fn lg_38_hidden_option_posted_by_hand_is_refused() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let form = page.form("cancel").unwrap();
    let form = form
        .with("choice", "connection")
        .with("connection", "demo-bank");
    let refused = browser.submit(&page, &form).await;
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn bad_settings_document_leaves_the_last_good_one_in_force() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    site.publish(&settings(true)).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert!(page.form("password-form").is_some());
    site.publish_text(SettingsKind::SignIn, "{\"pasword\": false}".to_owned())
        .await;
    let page = browser.open(&page.url).await;
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    let page = stay(&mut browser, page).await;
    assert!(answer(&page).is_ok());
}

#[tokio::test]
async fn first_settings_document_that_is_bad_offers_nothing() {
    let site = Site::new().await;
    site.publish_text(SettingsKind::SignIn, "not json".to_owned())
        .await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert_eq!(page.status, 200);
    assert!(page.form("password-form").is_none());
}

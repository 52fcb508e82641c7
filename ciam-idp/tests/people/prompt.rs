//! `prompt`, `max_age`, `acr_values` (OIDC Core section 3.1.2.1).

use std::time::Duration;

use super::site::{PASSWORD, Site, answer, authorize, post_password, sign_in, stay, visit};

#[tokio::test]
async fn az_16_none_without_a_session_is_login_required() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = browser
        .open(&authorize("shop", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("login_required".to_owned()));
}

#[tokio::test]
async fn az_17_none_without_consent_is_consent_required() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let page = browser
        .open(&authorize("partner", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("consent_required".to_owned()));
}

#[tokio::test]
async fn none_for_a_minor_is_access_denied() {
    let site = Site::new().await;
    site.person("tim", &[("age", 15.into())]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "tim").await;
    let page = browser
        .open(&authorize("shop", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("access_denied".to_owned()));
}

#[tokio::test]
async fn login_asks_somebody_who_is_signed_in() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let page = visit(&mut browser, &authorize("shop", &[("prompt", "login")])).await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Confirm it is you"));
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn max_age_asks_whoever_signed_in_too_long_ago() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let request = authorize("shop", &[("max_age", "60")]);
    assert!(answer(&sign_in(&mut browser, &request, "alice").await).is_ok());
    site.clock.advance(Duration::from_secs(60));
    assert!(answer(&browser.open(&request).await).is_ok());
    site.clock.advance(Duration::from_secs(1));
    let page = visit(&mut browser, &request).await;
    assert!(page.form("password-form").is_some());
    let none = authorize("shop", &[("max_age", "60"), ("prompt", "none")]);
    assert_eq!(
        answer(&browser.open(&none).await),
        Err("login_required".to_owned())
    );
}

#[tokio::test]
async fn level_that_a_password_does_not_reach_hides_the_password() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let request = authorize("shop", &[("acr_values", "substantial")]);
    let page = visit(&mut browser, &request).await;
    assert!(page.form("password-form").is_none());
    // Nor is it taken when it is posted.
    let form = page.form("cancel").unwrap();
    let form = form
        .with("choice", "password")
        .with("username", "alice")
        .with("password", PASSWORD);
    assert_eq!(browser.submit(&page, &form).await.status, 403);
}

//! A store that does not answer is said so, and is never a "no".

use std::sync::atomic::Ordering;

use super::sign_out;
use super::site::{
    PASSWORD, Site, answer, authorize, post_password, session_cookie, sign_in, stay, visit,
};

#[tokio::test]
async fn interaction_without_a_store_is_503_and_goes_on_afterwards() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    site.memory.set_down(true);
    let shown = browser.open(&page.url).await;
    assert_eq!(shown.status, 503);
    assert!(shown.header("retry-after").is_some());
    assert_eq!(
        post_password(&mut browser, &page, "alice", PASSWORD)
            .await
            .status,
        503
    );
    let callback = format!(
        "{}/callback/demo-bank?code=a&state={}",
        super::site::ISSUER,
        "A".repeat(64)
    );
    assert_eq!(browser.open(&callback.parse().unwrap()).await.status, 503);
    site.memory.set_down(false);
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn sign_out_without_a_store_keeps_the_session() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let page = browser.open(&sign_out::address(&[])).await;
    site.memory.set_down(true);
    let failed = super::site::press(&mut browser, &page, "sign-out").await;
    assert_eq!(failed.status, 503);
    assert!(session_cookie(&browser).is_some());
}

#[tokio::test]
async fn code_that_cannot_be_stored_sends_the_person_back_to_the_client() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    site.watched.no_codes.store(true, Ordering::SeqCst);
    // The interaction is used up: its page would lead nowhere.
    let back = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert_eq!(answer(&back), Err("temporarily_unavailable".to_owned()));
    site.watched.no_codes.store(false, Ordering::SeqCst);
    let again = visit(&mut browser, &authorize("shop", &[])).await;
    assert!(answer(&again).is_ok());
}

//! Consent for clients of third parties.

use super::site::{Site, answer, authorize, press, sign_in, stay, visit};

#[tokio::test]
async fn partner_asks_once_and_the_consent_is_remembered() {
    let site = Site::new().await;
    site.person("alice", &[("name", "Alice Adams".into())])
        .await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("partner", &[]), "alice").await;
    assert_eq!(page.status, 200);
    let text = page.text();
    assert!(
        text.contains("The partner") && text.contains("Alice Adams"),
        "{text}"
    );
    assert!(text.contains("partner.test"));
    let page = press(&mut browser, &page, "consent-allow").await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
    assert!(answer(&browser.open(&authorize("partner", &[])).await).is_ok());
    // Asked for anew, it is asked for.
    let page = visit(
        &mut browser,
        &authorize("partner", &[("prompt", "consent")]),
    )
    .await;
    assert_eq!(page.status, 200);
    let page = press(&mut browser, &page, "consent-allow").await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn first_party_client_does_not_ask() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    assert!(answer(&sign_in(&mut browser, &authorize("shop", &[]), "alice").await).is_ok());
}

#[tokio::test]
async fn refused_consent_is_access_denied() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("partner", &[]), "alice").await;
    let back = press(&mut browser, &page, "consent-cancel").await;
    assert_eq!(answer(&back), Err("access_denied".to_owned()));
    // Nothing is remembered.
    let page = browser
        .open(&authorize("partner", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("consent_required".to_owned()));
}

#[tokio::test]
async fn lo_11_consent_posted_after_signing_out_in_another_tab_is_an_error_page() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("partner", &[]), "alice").await;
    let bye = browser.open(&super::sign_out::address(&[])).await;
    press(&mut browser, &bye, "sign-out").await;
    let late = press(&mut browser, &page, "consent-allow").await;
    assert_eq!(late.status, 400);
    assert!(late.location().is_none());
}

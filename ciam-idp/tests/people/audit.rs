//! Security events: none that anybody could write without end, none that is torn.

use std::time::Duration;

use ciam_core::audit::{AuditEvent, Outcome};
use url::Url;

use super::site::{ISSUER, Site, authorize, sign_in, visit};

fn refusals(site: &Site) -> Vec<AuditEvent> {
    let mut events = site.memory.audit_events();
    events.retain(|event| event.outcome == Outcome::Refused);
    events
}

fn at(path: &str) -> Url {
    format!("{ISSUER}{path}").parse().unwrap()
}

#[tokio::test]
async fn unknown_addresses_leave_no_event() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let before = site.memory.audit_events().len();
    for path in ["/wp-login.php", "/", "/authorize/x", "/callback", "/%00"] {
        let page = browser.open(&at(path)).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.text().contains("There is no such page"));
        // It would lead to no event.
        assert!(!page.text().contains("correlation"));
    }
    assert_eq!(site.memory.audit_events().len(), before);
}

#[tokio::test]
async fn a_flood_of_bad_requests_leaves_a_bounded_record() {
    let site = Site::new().await;
    let mut browser = site.browser();
    for number in 0..200 {
        let path = format!("/authorize?client_id=made-up-{number}");
        assert_eq!(browser.open(&at(&path)).await.status, 400);
    }
    assert_eq!(refusals(&site).len(), 60);
    // Other kinds are counted apart.
    assert_eq!(browser.open(&at("/callback/x?code=a")).await.status, 400);
    assert_eq!(refusals(&site).len(), 61);

    site.clock.advance(Duration::from_secs(60));
    assert_eq!(browser.open(&at("/authorize")).await.status, 400);
    let events = refusals(&site);
    assert_eq!(events.len(), 62);
    let reason = events[61].reason.clone().unwrap();
    assert!(
        reason.ends_with("(140 before it were not kept)"),
        "{reason}"
    );
}

#[tokio::test]
async fn what_people_did_is_kept_in_a_flood_too() {
    let site = Site::new().await;
    let alice = site.person("alice", &[]).await.to_string();
    for _ in 0..100 {
        site.browser().open(&at("/authorize")).await;
    }
    sign_in(&mut site.browser(), &authorize("shop", &[]), "alice").await;
    let events = site.memory.audit_events();
    let mut kept = events.iter().filter(|event| event.kind == "sign_in");
    assert!(kept.any(|event| event.subject.as_ref() == Some(&alice)));
}

#[tokio::test]
async fn what_is_posted_as_a_connection_does_not_tear_the_record() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let form = page.form("cancel").unwrap().with("choice", "connection");
    let forged = "x` is not offered\n2026-01-01 sign_in success admin";
    let page = browser
        .submit(&page, &form.with("connection", forged))
        .await;
    assert_eq!(page.status, 403);
    for event in site.memory.audit_events() {
        let reason = event.reason.unwrap_or_default();
        assert!(!reason.contains("admin"), "{reason:?}");
        assert!(!reason.chars().any(char::is_control), "{reason:?}");
    }
}

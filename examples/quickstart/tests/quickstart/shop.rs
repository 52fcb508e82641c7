//! The shop places what somebody confirmed, and nothing else.

use crate::browser::{Browser, Page};
use crate::demo::{Demo, browser};

const BICYCLE: &str = "1\u{a0}500.00";

/// The shop's home page, after a sign-in with a password.
async fn signed_in(demo: &Demo, browser: &mut Browser, user: &str) -> Page {
    let screen = browser
        .open(&format!("{}/login", demo.url("shop")))
        .await
        .unwrap();
    let form = screen.form_with("password", None).unwrap();
    let values = [("username", user), ("password", "correct-horse")];
    browser.submit(&form, &values, None).await.unwrap()
}

/// The page that asks to confirm the bicycle.
async fn bicycle(demo: &Demo, browser: &mut Browser) -> Page {
    let orders = browser
        .open(&format!("{}/orders", demo.url("shop")))
        .await
        .unwrap();
    let form = orders.form_with("total", Some("150000")).unwrap();
    let confirm = browser.submit(&form, &[], None).await.unwrap();
    assert_eq!(confirm.status, 403, "{}", confirm.shown());
    confirm
}

async fn at_bank(browser: &mut Browser, screen: &Page) -> Page {
    let bank = screen.form_with("connection", Some("demo-bank")).unwrap();
    let at_bank = browser.submit(&bank, &[], None).await.unwrap();
    let form = at_bank.form_with("password", None).unwrap();
    let values = [("username", "alice"), ("password", "battery-staple")];
    browser.submit(&form, &values, None).await.unwrap()
}

async fn has_bicycle(demo: &Demo, browser: &mut Browser) -> bool {
    let orders = browser
        .open(&format!("{}/orders", demo.url("shop")))
        .await
        .unwrap();
    orders
        .text_of("orders")
        .is_ok_and(|orders| orders.contains(BICYCLE))
}

#[tokio::test]
async fn a_confirmed_order_is_placed() {
    let demo = Demo::start();
    let mut browser = browser();
    signed_in(&demo, &mut browser, "alice").await;
    let confirm = bicycle(&demo, &mut browser).await;
    let form = confirm.form("/confirm").unwrap();
    let screen = browser.submit(&form, &[], None).await.unwrap();
    let placed = at_bank(&mut browser, &screen).await;
    assert!(placed.text_of("orders").unwrap().contains(BICYCLE));
}

#[tokio::test]
async fn an_order_that_was_not_confirmed_is_not_placed_by_a_later_step_up() {
    let demo = Demo::start();
    let mut browser = browser();
    signed_in(&demo, &mut browser, "alice").await;
    bicycle(&demo, &mut browser).await;
    let login = format!("{}/login?acr=substantial", demo.url("shop"));
    let screen = browser.open(&login).await.unwrap();
    let home = at_bank(&mut browser, &screen).await;
    assert_eq!(
        home.text_of("acr").unwrap(),
        "substantial",
        "{}",
        home.shown()
    );
    assert!(!has_bicycle(&demo, &mut browser).await);
}

#[tokio::test]
async fn a_confirmation_that_was_given_up_is_not_placed_by_a_later_login() {
    let demo = Demo::start();
    let mut browser = browser();
    signed_in(&demo, &mut browser, "alice").await;
    let confirm = bicycle(&demo, &mut browser).await;
    let form = confirm.form("/confirm").unwrap();
    let screen = browser.submit(&form, &[], None).await.unwrap();
    assert!(screen.has_form_with("connection", "demo-bank"));
    let login = format!("{}/login?acr=substantial", demo.url("shop"));
    let screen = browser.open(&login).await.unwrap();
    at_bank(&mut browser, &screen).await;
    assert!(!has_bicycle(&demo, &mut browser).await);
}

#[tokio::test]
async fn only_the_shops_own_page_confirms() {
    let demo = Demo::start();
    let mut browser = browser();
    signed_in(&demo, &mut browser, "alice").await;
    let confirm = bicycle(&demo, &mut browser).await;
    let mut elsewhere = confirm.clone();
    elsewhere.set_origin("http://attacker.example");
    let form = elsewhere.form("/confirm").unwrap();
    let refused = browser.submit(&form, &[], None).await.unwrap();
    assert_eq!(refused.status, 403);
    assert!(refused.url.as_str().starts_with(demo.url("shop")));
}

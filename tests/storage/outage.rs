//! The store is gone: nobody is told "no", and nothing is lost.

use std::sync::Arc;
use std::time::Duration;

use ciam_core::store::memory::MemoryStore;
use ciam_testkit::Page;

use crate::shop::{Shop, authorize_url};

#[tokio::test]
async fn authorize_shows_a_503_page_when_the_client_cannot_be_looked_up() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    shop.store.set_down(true);
    let page = browser.open(&authorize_url()).await;
    assert_unavailable(&page);
    shop.store.set_down(false);
    let screen = shop.begin(&mut browser).await;
    assert!(screen.form("password-form").is_some());
}

#[tokio::test]
async fn authorize_redirects_with_temporarily_unavailable_once_the_client_is_known() {
    let shop = Shop::open_split().await;
    let mut browser = shop.browser();
    shop.state.set_down(true);
    let page = browser.open(&authorize_url()).await;
    assert_eq!(page.status, 303, "{}", page.text());
    let parameter = |name: &str| page.redirect_parameter(name).unwrap_or_default();
    assert_eq!(page.location().unwrap().host_str(), Some("shop.example"));
    assert_eq!(parameter("error"), "temporarily_unavailable");
    assert_eq!(parameter("state"), "s");
    assert_eq!(parameter("iss"), "https://op.test");
}

#[tokio::test]
async fn a_sign_in_that_could_not_be_checked_can_be_sent_again() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let screen = shop.begin(&mut browser).await;
    shop.store.set_down(true);
    for _ in 0..8 {
        assert_unavailable(&shop.sign_in(&mut browser, &screen).await);
    }
    shop.store.set_down(false);
    let page = shop.sign_in(&mut browser, &screen).await;
    assert!(page.redirect_parameter("code").is_some(), "{}", page.text());
}

#[tokio::test]
async fn a_code_that_could_not_be_redeemed_is_still_good() {
    let shop = Shop::open().await;
    let body = shop.redeeming(&shop.code().await, "one");
    shop.store.set_down(true);
    shop.token(&body).await.assert_unavailable();
    shop.store.set_down(false);
    // The same request, with the same assertion: nothing of it was used up.
    let answer = shop.token(&body).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

#[tokio::test]
async fn a_code_is_still_good_when_only_codes_could_not_be_reached() {
    let shop = Shop::open_split().await;
    let code = shop.code().await;
    shop.state.set_down(true);
    shop.token(&shop.redeeming(&code, "one"))
        .await
        .assert_unavailable();
    shop.state.set_down(false);
    let answer = shop.token(&shop.redeeming(&code, "two")).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

#[tokio::test]
async fn a_refresh_token_that_could_not_be_used_is_still_good() {
    let shop = Shop::open().await;
    let tokens = shop.tokens().await;
    let body = shop.refreshing(tokens["refresh_token"].as_str().unwrap(), "two");
    shop.store.set_down(true);
    shop.token(&body).await.assert_unavailable();
    shop.store.set_down(false);
    let answer = shop.token(&body).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
}

#[tokio::test]
async fn a_code_is_still_good_when_anything_else_could_not_be_reached() {
    for part in PARTS {
        let shop = Shop::open_apart().await;
        let code = shop.code().await;
        part(&shop).set_down(true);
        shop.token(&shop.redeeming(&code, "one"))
            .await
            .assert_unavailable();
        part(&shop).set_down(false);
        let answer = shop.token(&shop.redeeming(&code, "two")).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        // Nothing of the first try counts as a replay.
        let refresh_token = answer.json()["refresh_token"].as_str().unwrap().to_owned();
        let answer = shop.token(&shop.refreshing(&refresh_token, "three")).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_refresh_token_is_still_good_when_anything_else_could_not_be_reached() {
    for part in PARTS {
        let shop = Shop::open_apart().await;
        let tokens = shop.tokens().await;
        let refresh_token = tokens["refresh_token"].as_str().unwrap();
        part(&shop).set_down(true);
        shop.token(&shop.refreshing(refresh_token, "one"))
            .await
            .assert_unavailable();
        part(&shop).set_down(false);
        // Long after a rotated token would count as stolen.
        shop.clock.advance(Duration::from_secs(60 * 60));
        let answer = shop.token(&shop.refreshing(refresh_token, "two")).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_client_whose_assertion_cannot_be_made_unique_is_not_let_in() {
    let shop = Shop::open_split().await;
    shop.state.set_down(true);
    shop.token(&shop.for_itself("one"))
        .await
        .assert_unavailable();
}

#[tokio::test]
async fn userinfo_is_503_and_never_401() {
    let shop = Shop::open().await;
    let tokens = shop.tokens().await;
    let token = tokens["access_token"].as_str().unwrap();
    shop.store.set_down(true);
    shop.userinfo(token).await.assert_unavailable();
    shop.store.set_down(false);
    assert_eq!(shop.userinfo(token).await.status(), 200);
}

#[tokio::test]
async fn sign_out_that_failed_left_the_session_and_can_be_sent_again() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    let screen = shop.begin(&mut browser).await;
    shop.sign_in(&mut browser, &screen).await;
    let end = "https://op.test/end_session".parse().unwrap();
    let question = browser.open(&end).await;
    let question = browser
        .follow_while(question, |to| to.host_str() == Some("op.test"))
        .await;
    let form = question.form("sign-out").expect("the question");
    shop.store.set_down(true);
    assert_unavailable(&browser.submit(&question, &form).await);
    shop.store.set_down(false);
    let page = browser.submit(&question, &form).await;
    assert!(page.status.is_success(), "{}", page.text());
    let page = shop.begin(&mut browser).await;
    assert!(page.form("password-form").is_some(), "still signed in");
}

#[tokio::test]
async fn ht_08_what_is_published_needs_no_store() {
    let shop = Shop::open().await;
    let mut browser = shop.browser();
    shop.store.set_down(true);
    for path in ["/jwks", "/.well-known/openid-configuration"] {
        let page = browser
            .open(&format!("https://op.test{path}").parse().unwrap())
            .await;
        assert_eq!(page.status, 200, "{path}: {}", page.text());
        assert!(
            page.header("cache-control")
                .unwrap_or_default()
                .contains("max-age"),
            "{path}"
        );
    }
}

/// What the token endpoint needs: clients, codes, people, settings.
const PARTS: [fn(&Shop) -> &Arc<MemoryStore>; 4] = [
    |shop| &shop.store,
    |shop| &shop.state,
    |shop| &shop.accounts,
    |shop| &shop.settings,
];

fn assert_unavailable(page: &Page) {
    assert_eq!(page.status, 503, "{}", page.text());
    assert!(page.headers.contains_key("retry-after"), "no Retry-After");
    assert!(
        page.text().contains("id=\"correlation\""),
        "not the error page"
    );
    assert!(!page.text().contains("switched off"), "the cause is told");
    assert!(page.header("set-cookie").is_none(), "a cookie is set");
}

//! Interactions belong to a browser; their forms come from our pages alone.

use std::time::Duration;

use super::site::{
    MINOR, PASSWORD, Site, answer, authorize, post_password, press, session_cookie, sign_in, stay,
    visit,
};

#[tokio::test]
async fn password_sign_in_ends_with_a_code() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "Alice ").await;
    assert!(answer(&page).is_ok());
    // Signed in: the next request needs no page.
    let page = browser.open(&authorize("shop", &[])).await;
    assert!(answer(&page).is_ok());
}

#[tokio::test]
async fn lg_01_missing_or_foreign_csrf_is_refused_and_counts_as_no_attempt() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let other = visit(&mut browser, &authorize("shop", &[])).await;
    let foreign = other
        .form("cancel")
        .unwrap()
        .value("csrf")
        .unwrap()
        .to_owned();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let form = page
        .form("password-form")
        .unwrap()
        .with("username", "alice")
        .with("password", "wrong");
    for bad in [
        form.clone().without("csrf"),
        form.clone().with("csrf", "x"),
        form.clone().with("csrf", &foreign),
    ] {
        for _ in 0..3 {
            assert_eq!(browser.submit(&page, &bad).await.status, 403);
        }
    }
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn lg_02_post_from_another_site_is_refused() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let mut elsewhere = page.clone();
    elsewhere.url = url::Url::parse("https://id.test:8443/").unwrap();
    let refused = post_password(
        &mut browser,
        &page_with_forms(&page, &elsewhere),
        "alice",
        PASSWORD,
    )
    .await;
    assert_eq!(refused.status, 403);
}

/// The forms of `page`, sent from a page at the address of `from`.
fn page_with_forms(page: &ciam_testkit::Page, from: &ciam_testkit::Page) -> ciam_testkit::Page {
    let mut mixed = page.clone();
    mixed.url = from.url.clone();
    mixed
}

#[tokio::test]
async fn lg_05_interaction_of_another_browser_is_an_error_page() {
    let site = Site::new().await;
    let mut attacker = site.browser();
    let page = visit(&mut attacker, &authorize("shop", &[])).await;
    let mut victim = site.browser();
    let opened = victim.open(&page.url).await;
    assert_eq!(opened.status, 400);
    assert!(opened.location().is_none());
    // Nor with a browser cookie of its own.
    visit(&mut victim, &authorize("shop", &[])).await;
    assert_eq!(victim.open(&page.url).await.status, 400);
}

#[tokio::test]
async fn lg_06_wrong_password_and_unknown_user_look_the_same() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let known = post_password(&mut browser, &page, "alice", "wrong-one").await;
    let unknown = post_password(&mut browser, &page, "nobody", "wrong-one").await;
    assert_eq!(known.status, unknown.status);
    assert_eq!(known.text().replace("alice", "nobody"), unknown.text());
    assert_eq!(known.headers, unknown.headers);
}

#[tokio::test]
async fn lg_09_sixth_try_is_429_for_known_and_unknown() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    for name in ["alice", "nobody"] {
        for _ in 0..5 {
            let wrong = post_password(&mut browser, &page, name, "wrong-one").await;
            assert_eq!(wrong.status, 200);
        }
        let refused = post_password(&mut browser, &page, name, PASSWORD).await;
        assert_eq!(refused.status, 429);
        assert!(refused.header("retry-after").is_some());
    }
    site.clock.advance(Duration::from_secs(15 * 60 + 1));
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert!(answer(&stay(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn signing_in_often_is_not_limited() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    for _ in 0..7 {
        let mut browser = site.browser();
        let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
        assert!(answer(&page).is_ok());
    }
}

#[tokio::test]
async fn lg_15_empty_password_is_refused() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert_eq!(
        post_password(&mut browser, &page, "alice", "").await.status,
        400
    );
}

#[tokio::test]
async fn cancel_goes_back_with_access_denied_once() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let back = press(&mut browser, &page, "cancel").await;
    assert_eq!(answer(&back), Err("access_denied".to_owned()));
    let again = press(&mut browser, &page, "cancel").await;
    assert_eq!(again.status, 400);
    assert!(again.location().is_none());
}

#[tokio::test]
async fn minor_is_refused_with_a_plain_sentence() {
    let site = Site::new().await;
    site.person("tim", &[("age", 15.into())]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "tim").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains(MINOR));
    let back = press(&mut browser, &page, "continue").await;
    assert_eq!(answer(&back), Err("access_denied".to_owned()));
}

#[tokio::test]
async fn interaction_expires() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    site.clock.advance(Duration::from_secs(20 * 60 + 1));
    assert_eq!(browser.open(&page.url).await.status, 400);
}

#[tokio::test]
async fn lg_36_pages_name_the_client_as_form_target() {
    let site = Site::new().await;
    let mut browser = site.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let policy = page.header("content-security-policy").unwrap();
    assert!(
        policy.contains("form-action 'self' https://shop.test https:;"),
        "{policy}"
    );
    assert!(session_cookie(&browser).is_none());
}

#[tokio::test]
async fn store_cannot_read_an_interaction() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let request = authorize(
        "partner",
        &[("login_hint", "alice@shop.test"), ("nonce", "a-nonce")],
    );
    sign_in(&mut browser, &request, "alice").await;
    let stored = site.watched.interactions.lock().unwrap().clone();
    assert_eq!(stored.len(), 2, "begun, and gone on to the consent page");
    for payload in stored {
        let text = String::from_utf8_lossy(&payload).into_owned();
        for clear in ["alice@shop.test", "a-nonce", "partner", "redirect_uri"] {
            assert!(!text.contains(clear), "{clear}");
        }
    }
}

#[tokio::test]
async fn of_many_posts_of_one_form_one_gets_the_code() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("partner", &[]), "alice").await;
    site.memory.set_delay(Duration::from_micros(300));
    let posts: Vec<_> = (0..16)
        .map(|_| {
            let (mut browser, page) = (browser.clone(), page.clone());
            async move { press(&mut browser, &page, "consent-allow").await }
        })
        .collect();
    let mut codes = 0;
    for answer in all(posts).await {
        match answer.redirect_parameter("code") {
            Some(_) => codes += 1,
            None => assert!(answer.location().is_none() && answer.status == 400),
        }
    }
    assert_eq!(codes, 1);
}

/// Runs futures side by side on this task.
async fn all<F: Future<Output = ciam_testkit::Page>>(futures: Vec<F>) -> Vec<ciam_testkit::Page> {
    let mut running: Vec<_> = futures.into_iter().map(Box::pin).collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        running.retain_mut(|future| match future.as_mut().poll(context) {
            std::task::Poll::Ready(page) => {
                done.push(page);
                false
            }
            std::task::Poll::Pending => true,
        });
        match running.is_empty() {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
    done
}

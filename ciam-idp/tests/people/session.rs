//! Sessions and their cookies.

use std::time::Duration;

use ciam_testkit::{Cookie, Form};

use super::site::{Site, answer, authorize, session_cookie, sign_in, stay, visit};

#[tokio::test]
async fn lg_03_cookie_changes_at_every_sign_in_and_the_old_one_is_dead() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let first = session_cookie(&browser).unwrap();
    let old: Vec<Cookie> = browser.cookies().cookies().to_vec();
    let again = authorize("shop", &[("prompt", "login")]);
    let page = sign_in(&mut browser, &again, "alice").await;
    assert!(answer(&page).is_ok());
    assert_ne!(session_cookie(&browser).unwrap(), first);

    let mut thief = site.browser();
    for cookie in old {
        thief.cookies_mut().put(cookie);
    }
    let page = thief.open(&authorize("shop", &[("prompt", "none")])).await;
    assert_eq!(answer(&page), Err("login_required".to_owned()));
}

#[tokio::test]
async fn lg_04_cookie_attributes() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    assert_eq!(browser.cookies().cookies().len(), 2);
    for cookie in browser.cookies().cookies() {
        assert!(cookie.name.starts_with("__Host-"));
        assert!(cookie.secure && cookie.http_only);
        assert_eq!(cookie.same_site.as_deref(), Some("Lax"));
        assert_eq!(cookie.path, "/");
    }
}

#[tokio::test]
async fn lg_33_idle_and_absolute_timeouts() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let silent = authorize("shop", &[("prompt", "none")]);
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    site.clock.advance(Duration::from_secs(29 * 60));
    assert!(answer(&browser.open(&silent).await).is_ok());
    // Being seen has kept it alive.
    site.clock.advance(Duration::from_secs(29 * 60));
    assert!(answer(&browser.open(&silent).await).is_ok());
    site.clock.advance(Duration::from_secs(30 * 60 + 1));
    assert!(answer(&browser.open(&silent).await).is_err());

    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    for _ in 0..26 {
        site.clock.advance(Duration::from_secs(27 * 60));
        assert!(answer(&browser.open(&silent).await).is_ok());
    }
    site.clock.advance(Duration::from_secs(18 * 60));
    assert!(answer(&browser.open(&silent).await).is_err());
}

#[tokio::test]
async fn lg_34_broken_cookies_lead_to_the_login_page() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let cookie = browser
        .cookies()
        .cookies()
        .iter()
        .find(|cookie| cookie.name.contains("session"))
        .cloned()
        .unwrap();
    for value in [
        "",
        "x",
        "%00",
        &cookie.value[1..],
        &format!("{}A", cookie.value),
    ] {
        browser.cookies_mut().put(Cookie {
            value: value.to_owned(),
            ..cookie.clone()
        });
        let page = visit(&mut browser, &authorize("shop", &[])).await;
        assert_eq!(page.status, 200, "{value}");
        assert!(page.form("password-form").is_some());
    }
}

#[tokio::test]
async fn two_issuers_on_one_loopback_host_keep_their_cookies_apart() {
    let mut names = Vec::new();
    for issuer in ["http://127.0.0.1:8081", "http://127.0.0.1:8082"] {
        let site = Site::of(issuer, None).await;
        let mut browser = site.browser();
        let request = authorize("shop", &[]);
        let url = format!("{issuer}/authorize?{}", request.query().unwrap());
        let page = browser.open(&url.parse().unwrap()).await;
        assert_eq!(page.status, 303);
        let [cookie] = browser.cookies().cookies() else {
            panic!("one cookie is wanted");
        };
        assert!(!cookie.secure && cookie.http_only);
        names.push(cookie.name.clone());
    }
    assert_ne!(names[0], names[1]);
}

#[tokio::test]
async fn request_by_a_form_of_the_client_reaches_the_session() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let cookies = browser.cookies().cookies().to_vec();

    let mut shop = page.clone();
    shop.url = "https://shop.test/".parse().unwrap();
    let request = authorize("shop", &[("prompt", "none")]);
    let mut action = request.clone();
    action.set_query(None);
    let mut form = Form {
        action,
        post: true,
        fields: request.query_pairs().into_owned().collect(),
        ids: Vec::new(),
    };
    let sent = browser.submit(&shop, &form).await;
    assert!(answer(&stay(&mut browser, sent).await).is_ok());

    // Nor does a sign-in lose the cookie that other tabs hang on.
    form.fields.retain(|(name, _)| name != "prompt");
    form.fields.push(("prompt".to_owned(), "login".to_owned()));
    let sent = browser.submit(&shop, &form).await;
    assert_eq!(stay(&mut browser, sent).await.status, 200);
    let kept = browser.cookies().cookies();
    assert!(
        cookies
            .iter()
            .all(|old| kept.iter().any(|new| new.value == old.value))
    );

    // What cannot be said in a query is refused.
    form.fields.push(("state".to_owned(), "s".repeat(20_000)));
    assert_eq!(browser.submit(&shop, &form).await.status, 413);
}

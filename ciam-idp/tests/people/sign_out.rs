//! Signing out (OpenID Connect RP-Initiated Logout 1.0).

use bytes::Bytes;
use ciam_idp::Provider;
use http::Request;
use url::Url;

use super::site::{ISSUER, Site, answer, authorize, peer, press, session_cookie, sign_in, stay};

pub(crate) fn address(parameters: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(&format!("{ISSUER}/end_session")).unwrap();
    if !parameters.is_empty() {
        url.query_pairs_mut().extend_pairs(parameters);
    }
    url
}

/// The ID token for a code.
pub(crate) async fn id_token(provider: &Provider, client: &str, code: &str) -> String {
    let tokens = redeem(provider, client, code).await;
    tokens["id_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{tokens}"))
        .to_owned()
}

async fn redeem(provider: &Provider, client: &str, code: &str) -> serde_json::Value {
    let redirect_uri = format!("https://{client}.test/cb");
    token(
        provider,
        &[
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", code),
            ("redirect_uri", &redirect_uri),
            (
                "code_verifier",
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            ),
        ],
    )
    .await
}

async fn token(provider: &Provider, parameters: &[(&str, &str)]) -> serde_json::Value {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let request = Request::post("/token")
        .header("host", "id.test")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Bytes::from(body))
        .unwrap();
    let response = provider.handle(request, peer()).await;
    serde_json::from_slice(response.body()).unwrap()
}

#[tokio::test]
async fn lo_01_without_anything_the_person_is_asked() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let page = browser.open(&address(&[])).await;
    assert_eq!(page.status, 200);
    assert!(page.form("sign-out").is_some());
    assert!(
        answer(
            &browser
                .open(&authorize("shop", &[("prompt", "none")]))
                .await
        )
        .is_ok()
    );
    // Staying signed in.
    let stayed = press(&mut browser, &page, "cancel").await;
    assert_eq!(stayed.status, 200);
    assert!(session_cookie(&browser).is_some());
    // Leaving.
    let left = press(&mut browser, &page, "sign-out").await;
    assert_eq!(left.status, 200);
    assert!(session_cookie(&browser).is_none());
    let page = browser
        .open(&authorize("shop", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("login_required".to_owned()));
}

#[tokio::test]
async fn hint_of_this_session_signs_out_at_once_and_goes_back_with_state() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let hint = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    let old: Vec<_> = browser.cookies().cookies().to_vec();
    let url = address(&[
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", "https://shop.test/bye"),
        ("state", "s 1"),
    ]);
    let page = browser.open(&url).await;
    assert_eq!(page.status, 303);
    assert_eq!(
        page.location().unwrap().as_str(),
        "https://shop.test/bye?state=s+1"
    );
    // LO-10: a kept cookie is worth nothing.
    for cookie in old {
        browser.cookies_mut().put(cookie);
    }
    let page = browser
        .open(&authorize("shop", &[("prompt", "none")]))
        .await;
    assert_eq!(answer(&page), Err("login_required".to_owned()));
}

#[tokio::test]
async fn lo_02_unregistered_address_is_never_followed() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let hint = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    for bad in [
        "https://evil.test/",
        "https://shop.test/bye?x=1",
        "https://partner.test/bye",
    ] {
        let url = address(&[
            ("id_token_hint", hint.as_str()),
            ("post_logout_redirect_uri", bad),
        ]);
        let page = browser.open(&url).await;
        assert_eq!(page.status, 200);
        assert!(page.form("sign-out").is_some());
        assert!(
            !page
                .header("content-security-policy")
                .unwrap()
                .contains("evil")
        );
    }
    let url = address(&[("post_logout_redirect_uri", "https://evil.test/")]);
    let page = browser.open(&url).await;
    let left = press(&mut browser, &page, "sign-out").await;
    assert_eq!(left.status, 200);
}

#[tokio::test]
async fn lo_03_and_lo_04_modified_or_foreign_hint_asks_the_person() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    site.person("bob", &[]).await;
    let mut bob = site.browser();
    let page = sign_in(&mut bob, &authorize("shop", &[]), "bob").await;
    let bobs = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let own = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    let modified = format!("{}AAAA", &own[..own.len() - 4]);
    for hint in [bobs.as_str(), modified.as_str(), "x"] {
        let url = address(&[
            ("id_token_hint", hint),
            ("post_logout_redirect_uri", "https://shop.test/bye"),
        ]);
        let page = browser.open(&url).await;
        assert_eq!(page.status, 200);
        assert!(page.form("sign-out").is_some());
    }
    assert!(session_cookie(&browser).is_some());
}

#[tokio::test]
async fn lo_05_client_id_that_is_not_the_hints_is_an_error_page() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let hint = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    let url = address(&[("id_token_hint", hint.as_str()), ("client_id", "partner")]);
    assert_eq!(browser.open(&url).await.status, 400);
}

#[tokio::test]
async fn lo_06_address_without_client_is_not_followed() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let url = address(&[("post_logout_redirect_uri", "https://shop.test/bye")]);
    let page = browser.open(&url).await;
    let left = press(&mut browser, &page, "sign-out").await;
    assert_eq!(left.status, 200);
}

#[tokio::test]
async fn lo_07_confirmation_without_csrf_is_refused() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let page = browser.open(&address(&[("client_id", "shop")])).await;
    let form = page.form("sign-out").unwrap();
    let bad = form.clone().without("csrf");
    assert_eq!(browser.submit(&page, &bad).await.status, 403);
    assert!(session_cookie(&browser).is_some());
    assert_eq!(browser.submit(&page, &form).await.status, 200);
    assert!(session_cookie(&browser).is_none());
}

#[tokio::test]
async fn request_by_a_form_of_the_client_reaches_the_session() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    let mut browser = site.browser();
    let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let hint = id_token(&site.provider, "shop", &answer(&page).unwrap()).await;
    let mut shop = page.clone();
    shop.url = Url::parse("https://shop.test/").unwrap();
    let form = ciam_testkit::Form {
        action: address(&[]),
        post: true,
        fields: vec![("id_token_hint".to_owned(), hint)],
        ids: Vec::new(),
    };
    let page = browser.submit(&shop, &form).await;
    let page = stay(&mut browser, page).await;
    assert_eq!(page.status, 200);
    assert!(session_cookie(&browser).is_none());
}

#[tokio::test]
async fn lo_10_refresh_token_of_the_session_ends_with_it() {
    let site = Site::new().await;
    site.person("alice", &[]).await;
    site.person("bob", &[]).await;
    // By signing out, and by somebody else signing in.
    for end_by in ["sign-out", "bob"] {
        let mut browser = site.browser();
        let page = sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
        let tokens = redeem(&site.provider, "shop", &answer(&page).unwrap()).await;
        let refresh_token = tokens["refresh_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{tokens}"));
        if end_by == "bob" {
            let other = authorize("shop", &[("prompt", "login")]);
            assert!(answer(&sign_in(&mut browser, &other, "bob").await).is_ok());
        } else {
            let page = browser.open(&address(&[])).await;
            press(&mut browser, &page, end_by).await;
        }
        let refused = token(
            &site.provider,
            &[
                ("grant_type", "refresh_token"),
                ("client_id", "shop"),
                ("refresh_token", refresh_token),
            ],
        )
        .await;
        assert_eq!(refused["error"], "invalid_grant", "{refused}");
    }
}

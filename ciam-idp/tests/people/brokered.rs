//! Signing in through another provider: here a second `Provider`, reached in process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_broker::SignInSettings;
use ciam_core::SubjectId;
use ciam_core::http_client::{HttpClient, HttpError};
use ciam_core::settings::SettingsKind;
use ciam_idp::NewLink;
use ciam_testkit::{Page, UserAgent};
use http::{Request, Response};
use serde_json::json;

use super::sign_out::id_token;
use super::site::{
    Browser, Hosts, ISSUER, PASSWORD, Site, answer, authorize, post_password, press, roam,
    session_cookie, sign_in, visit,
};

pub(crate) const BANK: &str = "https://bank.test";

/// Reaches the bank, as long as it can be reached.
struct Line {
    bank: Hosts,
    cut: AtomicBool,
    sent: AtomicUsize,
}

#[async_trait]
impl HttpClient for Line {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        if self.cut.load(Ordering::SeqCst) {
            return Err(HttpError::Timeout);
        }
        self.sent.fetch_add(1, Ordering::SeqCst);
        Ok(self.bank.answer(request).await)
    }
}

/// The provider, the bank, and the line between them.
pub(crate) struct World {
    pub(crate) site: Site,
    pub(crate) bank: Site,
    line: Arc<Line>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let bank = Site::of(BANK, None).await;
        let line = Arc::new(Line {
            bank: Hosts(vec![bank.provider.clone()]),
            cut: AtomicBool::new(false),
            sent: AtomicUsize::new(0),
        });
        let site = Site::of(ISSUER, Some(line.clone())).await;
        let jwks: serde_json::Value = serde_json::from_str(site.provider.public_jwks()).unwrap();
        bank.put(json!({
            "client_id": "ciam",
            "client_name": "Example",
            "redirect_uris": ["https://id.test/callback/demo-bank"],
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "jwks": jwks,
            "scope": "openid profile",
            "first_party": true,
            "encrypt_id_token": true,
        }))
        .await;
        let world = Self { site, bank, line };
        world.offer(true).await;
        world
    }

    async fn offer(&self, enabled: bool) {
        let mut bank = connection();
        bank["enabled"] = enabled.into();
        self.publish(&[bank]).await;
    }

    pub(crate) async fn publish(&self, connections: &[serde_json::Value]) {
        let settings = json!({ "password": true, "connections": connections });
        let settings = SignInSettings::parse(&settings.to_string()).unwrap();
        self.site.publish(&settings).await;
    }

    /// Time passes on both sides.
    fn advance(&self, seconds: u64) {
        for clock in [&self.site.clock, &self.bank.clock] {
            clock.advance(Duration::from_secs(seconds));
        }
    }

    pub(crate) fn browser(&self) -> Browser {
        let hosts = vec![self.site.provider.clone(), self.bank.provider.clone()];
        UserAgent::new(Hosts(hosts))
    }

    /// Alice with a password here, linked to her identity at the bank.
    async fn alice(&self) -> SubjectId {
        let there = self.bank.person("alice", &[]).await;
        let link = NewLink {
            connection: "demo-bank".parse().unwrap(),
            issuer: BANK.to_owned(),
            subject: there.to_string(),
        };
        self.site.linked_person("alice", &[], vec![link]).await
    }
}

pub(crate) fn connection() -> serde_json::Value {
    json!({
        "id": "demo-bank", "connector": "oidc", "label": "Demo Bank",
        "issuer": BANK, "client_id": "ciam", "scopes": "profile",
        "acr": "substantial", "require_encrypted_id_token": true,
        "claims": ["given_name"], "create_accounts": true,
    })
}

/// From the discovery screen to the bank, and back with that person signed in there.
pub(crate) async fn by_bank(browser: &mut Browser, page: &Page, name: &str) -> Page {
    let page = press(browser, page, "option-demo-bank").await;
    let page = roam(browser, page).await;
    assert_eq!(page.url.host_str(), Some("bank.test"), "{}", page.text());
    let page = post_password(browser, &page, name, PASSWORD).await;
    roam(browser, page).await
}

async fn subject(world: &World, page: &Page) -> String {
    let token = id_token(&world.site.provider, "shop", &answer(page).unwrap()).await;
    let payload = token.split('.').nth(1).unwrap();
    let payload = ciam_core::encoding::b64url_decode(payload).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(claims["acr"], "substantial");
    claims["sub"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn brokered_sign_in_makes_one_account() {
    let world = World::new().await;
    world
        .bank
        .person("bea", &[("given_name", "Bea".into())])
        .await;
    let mut subjects = Vec::new();
    for _ in 0..2 {
        let mut browser = world.browser();
        let page = visit(&mut browser, &authorize("shop", &[])).await;
        let page = by_bank(&mut browser, &page, "bea").await;
        subjects.push(subject(&world, &page).await);
    }
    assert_eq!(subjects[0], subjects[1]);
    let subject = subjects[0].parse().unwrap();
    let profile = world
        .site
        .provider
        .accounts()
        .profile(&subject)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(profile.attributes.text("given_name"), Some("Bea"));
}

#[tokio::test]
async fn step_up_by_the_client_returns_the_same_subject() {
    let world = World::new().await;
    let alice = world.alice().await;
    let mut browser = world.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let low = session_cookie(&browser);
    let stronger = authorize("shop", &[("acr_values", "substantial")]);
    let page = visit(&mut browser, &stronger).await;
    assert!(page.text().contains("Confirm it is you"));
    assert!(page.form("password-form").is_none());
    let page = by_bank(&mut browser, &page, "alice").await;
    assert_eq!(subject(&world, &page).await, alice.to_string());
    assert_ne!(session_cookie(&browser), low);
}

#[tokio::test]
async fn step_up_by_the_policy_asks_in_the_same_interaction() {
    let world = World::new().await;
    world.alice().await;
    let mut browser = world.browser();
    // The policy gives the scope `email` to stronger sign-ins alone.
    let request = authorize("shop", &[("scope", "email")]);
    let page = sign_in(&mut browser, &request, "alice").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("stronger"));
    assert!(page.form("password-form").is_none());
    let page = by_bank(&mut browser, &page, "alice").await;
    assert!(answer(&page).is_ok());
}

#[tokio::test]
async fn step_up_by_age_is_handed_on_to_the_bank() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert!(answer(&by_bank(&mut browser, &page, "bea").await).is_ok());
    world.advance(10 * 60);

    // The session at the bank is as old as the one here.
    let recent = authorize("shop", &[("scope", "phone")]);
    let page = visit(&mut browser, &recent).await;
    assert!(page.text().contains("You signed in some time ago."));
    let leaving = press(&mut browser, &page, "option-demo-bank").await;
    let asked = leaving.location().unwrap();
    let max_age = ("max_age".into(), "300".into());
    assert!(asked.query_pairs().any(|pair| pair == max_age));
    let page = by_bank(&mut browser, &page, "bea").await;
    assert!(answer(&page).is_ok(), "asked anew at the bank");
}

#[tokio::test]
async fn step_up_as_somebody_else_is_refused_and_changes_nothing() {
    let world = World::new().await;
    world.alice().await;
    world.bank.person("mallory", &[]).await;
    let mut browser = world.browser();
    sign_in(&mut browser, &authorize("shop", &[]), "alice").await;
    let before = session_cookie(&browser);
    let stronger = authorize("shop", &[("acr_values", "substantial")]);
    let page = visit(&mut browser, &stronger).await;
    let page = by_bank(&mut browser, &page, "mallory").await;
    assert_eq!(page.status, 403);
    assert!(page.text().contains("somebody else"));
    assert_eq!(session_cookie(&browser), before);
    let back = press(&mut browser, &page, "continue").await;
    assert_eq!(answer(&back), Err("access_denied".to_owned()));
}

#[tokio::test]
async fn fd_01_unknown_and_missing_state_are_refused() {
    let world = World::new().await;
    let mut browser = world.browser();
    for query in [
        "",
        "?code=a",
        "?code=a&state=x",
        "?code=a&state=a&state=b",
        "?state=7nJNMPmPUiacCvDAxyXlJvaLfXOJzOHH9DHniLBZLYQQSvIjbmwGcVNtPOueZXGI&code=a",
    ] {
        let url = format!("{ISSUER}/callback/demo-bank{query}")
            .parse()
            .unwrap();
        let page = browser.open(&url).await;
        assert_eq!(page.status, 400, "{query}");
        assert!(session_cookie(&browser).is_none());
    }
}

#[tokio::test]
async fn fd_02_and_fd_12_callback_works_once_and_in_its_own_browser() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    let page = roam(&mut browser, page).await;
    let page = post_password(&mut browser, &page, "bea", PASSWORD).await;
    let callback = page.location().unwrap();
    assert_eq!(callback.path(), "/callback/demo-bank");

    let mut other = world.browser();
    visit(&mut other, &authorize("shop", &[])).await;
    assert_eq!(other.open(&callback).await.status, 400);
    assert!(session_cookie(&other).is_none());

    let page = browser.open(&callback).await;
    assert!(answer(&roam(&mut browser, page).await).is_ok());
    assert_eq!(browser.open(&callback).await.status, 400);
}

#[tokio::test]
async fn fd_04_callback_at_the_address_of_another_connection_is_refused() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    let mut other = connection();
    other["id"] = "other-bank".into();
    world.publish(&[connection(), other]).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    let page = roam(&mut browser, page).await;
    let page = post_password(&mut browser, &page, "bea", PASSWORD).await;
    let mut callback = page.location().unwrap();
    callback.set_path("/callback/other-bank");
    let sent = world.line.sent.load(Ordering::SeqCst);
    assert_eq!(browser.open(&callback).await.status, 400);
    assert_eq!(world.line.sent.load(Ordering::SeqCst), sent, "no request");
    assert!(session_cookie(&browser).is_none());
}

#[tokio::test]
async fn prompt_login_is_not_answered_by_an_old_session_at_the_bank() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    assert!(answer(&by_bank(&mut browser, &page, "bea").await).is_ok());
    world.advance(10 * 60);

    let request = authorize("shop", &[("prompt", "login")]);
    let page = visit(&mut browser, &request).await;
    let page = by_bank(&mut browser, &page, "bea").await;
    assert!(answer(&page).is_ok(), "asked anew at the bank");
    world.advance(10 * 60);

    // A browser, or a bank, that forgets what was asked for.
    let page = visit(&mut browser, &request).await;
    let leaving = press(&mut browser, &page, "option-demo-bank").await;
    let mut there = leaving.location().unwrap();
    let asked: Vec<_> = there.query_pairs().into_owned().collect();
    assert!(asked.contains(&("max_age".to_owned(), "0".to_owned())));
    let rest = asked
        .iter()
        .filter(|(name, _)| name != "prompt" && name != "max_age");
    there.query_pairs_mut().clear().extend_pairs(rest);
    let page = browser.open(&there).await;
    let page = roam(&mut browser, page).await;
    assert_eq!(page.status, 400, "{}", page.text());
}

#[tokio::test]
async fn who_may_not_come_in_leaves_nothing_in_the_vault() {
    let world = World::new().await;
    let pipelines = json!({ "pipelines": { "bank": { "steps": [
        { "tokenize": { "attribute": "given_name", "domain": "names", "to": "name_token" } },
    ] } } });
    world
        .site
        .publish_text(SettingsKind::Pipelines, pipelines.to_string())
        .await;
    let mut bank = connection();
    bank["claims"] = json!([]);
    bank["sensitive"] = json!(["given_name"]);
    bank["pipeline"] = "bank".into();
    bank["create_accounts"] = false.into();
    world.publish(std::slice::from_ref(&bank)).await;
    world
        .bank
        .person("bea", &[("given_name", "Bea".into())])
        .await;
    let puts = || world.site.watched.vault_puts.load(Ordering::SeqCst);

    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = by_bank(&mut browser, &page, "bea").await;
    assert!(page.text().contains("no account"), "{}", page.text());
    assert_eq!(puts(), 0);

    bank["create_accounts"] = true.into();
    world.publish(&[bank]).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    assert!(answer(&roam(&mut browser, page).await).is_ok());
    assert_eq!(puts(), 1);
}

#[tokio::test]
async fn cancelling_at_the_bank_leads_back_to_the_discovery_screen() {
    let world = World::new().await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    let page = roam(&mut browser, page).await;
    let page = press(&mut browser, &page, "cancel").await;
    let page = roam(&mut browser, page).await;
    assert_eq!(page.status, 200);
    assert_eq!(page.url.host_str(), Some("id.test"));
    assert!(page.text().contains("cancelled"), "{}", page.text());
    assert!(page.form("password-form").is_some());
}

#[tokio::test]
async fn bank_that_does_not_answer_leaves_the_other_options() {
    let world = World::new().await;
    world.site.person("alice", &[]).await;
    world.line.cut.store(true, Ordering::SeqCst);
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let page = press(&mut browser, &page, "option-demo-bank").await;
    assert_eq!(page.status, 200);
    assert!(page.text().contains("cannot be reached"));
    let page = post_password(&mut browser, &page, "alice", PASSWORD).await;
    assert!(answer(&roam(&mut browser, page).await).is_ok());
}

#[tokio::test]
async fn connection_switched_off_meanwhile_signs_nobody_in() {
    let world = World::new().await;
    world.bank.person("bea", &[]).await;
    let mut browser = world.browser();
    let page = visit(&mut browser, &authorize("shop", &[])).await;
    let first = press(&mut browser, &page, "option-demo-bank").await;
    let at_bank = roam(&mut browser, first).await;
    world.offer(false).await;
    let returned = post_password(&mut browser, &at_bank, "bea", PASSWORD).await;
    let returned = roam(&mut browser, returned).await;
    assert_eq!(returned.status, 403);
    assert!(session_cookie(&browser).is_none());
    // And it cannot be chosen any more.
    assert_eq!(
        press(&mut browser, &page, "option-demo-bank").await.status,
        403
    );
    let page = browser.open(&page.url).await;
    assert!(page.form("option-demo-bank").is_none());
}

//! A provider in memory with a few people and two clients.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use ciam_broker::SignInSettings;
use ciam_core::attribute::{AttributeValue, Provenance};
use ciam_core::client::Client;
use ciam_core::http_client::HttpClient;
use ciam_core::settings::{Revision, SettingsKind};
use ciam_core::store::memory::MemoryStore;
use ciam_core::store::{Published, Stores};
use ciam_core::{Attribute, Attributes, Clock, RootKey, Secret, Sensitivity, SubjectId, Timestamp};
use ciam_idp::{Keys, NewAccount, NewLink, Peer, Provider};
use ciam_policy::{Advice, Decision, PolicyEngine, PolicyRef, PolicyRequest};
use ciam_testkit::{ManualClock, Page, Transport, UserAgent};
use http::{Request, Response};
use serde_json::json;
use url::Url;

use super::watched::Watched;

pub(crate) const ISSUER: &str = "https://id.test";
pub(crate) const PASSWORD: &str = "correct horse";

/// The provider and what is around it.
pub(crate) struct Site {
    pub(crate) provider: Provider,
    pub(crate) stores: Stores,
    pub(crate) memory: Arc<MemoryStore>,
    pub(crate) watched: Arc<Watched>,
    pub(crate) clock: Arc<ManualClock>,
}

/// Sends requests to providers by host.
#[derive(Clone)]
pub(crate) struct Hosts(pub(crate) Vec<Provider>);

pub(crate) type Browser = UserAgent<Hosts>;

impl Hosts {
    pub(crate) async fn answer(&self, request: Request<Bytes>) -> Response<Bytes> {
        let host = request.uri().authority().unwrap().to_string();
        let provider = self.0.iter().find(|p| p.issuer().authority() == host);
        let provider = provider.expect("a provider of that host");
        provider.handle(request, peer()).await
    }
}

#[async_trait(?Send)]
impl Transport for Hosts {
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.answer(request).await
    }
}

impl Site {
    pub(crate) async fn new() -> Self {
        Self::of(ISSUER, None).await
    }

    /// With an HTTP client it is a broker too.
    pub(crate) async fn of(issuer: &str, http: Option<Arc<dyn HttpClient>>) -> Self {
        // Keys are made at the system's time; the clock must not be behind them.
        let clock = Arc::new(ManualClock::at(ciam_core::SystemClock.now()));
        let memory = Arc::new(MemoryStore::new());
        let watched = Arc::new(Watched::new(memory.clone()));
        let stores = Stores {
            state: watched.clone(),
            vault: watched.clone(),
            ..Stores::from_one(memory.clone())
        };
        let issuer = issuer.parse().unwrap();
        let root = RootKey::new([7; 32]);
        let keys = Keys::open(&issuer, &stores, &root).await.unwrap();
        let mut builder = Provider::builder(issuer)
            .with_stores(stores.clone())
            .with_keys(keys)
            .with_policies(Arc::new(House))
            .with_clock(clock.clone());
        if let Some(http) = http {
            builder = builder.with_http_client(http);
        }
        let site = Self {
            provider: builder.build().unwrap(),
            stores,
            memory,
            watched,
            clock,
        };
        site.put_client("shop", true).await;
        site.put_client("partner", false).await;
        site
    }

    pub(crate) async fn put_client(&self, id: &str, first_party: bool) {
        self.put(json!({
            "client_id": id,
            "client_name": format!("The {id}"),
            "redirect_uris": [format!("https://{id}.test/cb")],
            "post_logout_redirect_uris": [format!("https://{id}.test/bye")],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
            "scope": "openid profile email phone",
            "first_party": first_party,
        }))
        .await;
    }

    /// Makes an account with the password [`PASSWORD`].
    pub(crate) async fn person(
        &self,
        name: &str,
        attributes: &[(&str, serde_json::Value)],
    ) -> SubjectId {
        self.linked_person(name, attributes, Vec::new()).await
    }

    pub(crate) async fn linked_person(
        &self,
        name: &str,
        attributes: &[(&str, serde_json::Value)],
        links: Vec<NewLink>,
    ) -> SubjectId {
        let new = NewAccount {
            identifiers: vec![name.to_owned()],
            password: Some(Secret::new(PASSWORD.to_owned())),
            attributes: attributes_of(attributes, self.clock.now()),
            links,
        };
        self.provider.accounts().create(new).await.unwrap()
    }

    /// Registers a client.
    pub(crate) async fn put(&self, client: serde_json::Value) {
        let client: Client = serde_json::from_value(client).unwrap();
        let tenant = self.provider.tenant();
        self.stores
            .clients
            .put_client(tenant, client)
            .await
            .unwrap();
    }

    /// Publishes sign-in settings.
    pub(crate) async fn publish(&self, settings: &SignInSettings) {
        self.publish_text(SettingsKind::SignIn, settings.to_json())
            .await;
    }

    pub(crate) async fn publish_text(&self, kind: SettingsKind, body: String) {
        let tenant = self.provider.tenant();
        let settings = &self.stores.settings;
        let active = settings.active(tenant, kind).await.unwrap();
        let expected = active.map_or(Revision(0), |document| document.revision);
        let published = settings
            .publish(tenant, kind, expected, body, self.clock.now())
            .await
            .unwrap();
        assert!(matches!(published, Published::Published(_)));
    }

    pub(crate) fn browser(&self) -> Browser {
        UserAgent::new(Hosts(vec![self.provider.clone()]))
    }
}

/// An authorization request of `client` with `more` parameters.
pub(crate) fn authorize(client: &str, more: &[(&str, &str)]) -> Url {
    let mut url = Url::parse(&format!("{ISSUER}/authorize")).unwrap();
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", client)
        .append_pair("redirect_uri", &format!("https://{client}.test/cb"))
        .append_pair("state", "st")
        .append_pair(
            "code_challenge",
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
        )
        .append_pair("code_challenge_method", "S256");
    if !more.iter().any(|(name, _)| *name == "scope") {
        url.query_pairs_mut().append_pair("scope", "openid profile");
    }
    url.query_pairs_mut().extend_pairs(more);
    url
}

/// Opens an address and follows redirects as long as they stay at the provider.
pub(crate) async fn visit(browser: &mut Browser, url: &Url) -> Page {
    let page = browser.open(url).await;
    stay(browser, page).await
}

/// Follows redirects as long as they stay at one of the browser's providers.
pub(crate) async fn roam(browser: &mut Browser, page: Page) -> Page {
    browser
        .follow_while(page, |url| !url.path().ends_with("/cb"))
        .await
}

/// Follows redirects as long as they stay at the provider.
pub(crate) async fn stay(browser: &mut Browser, page: Page) -> Page {
    let here = Url::parse(ISSUER).unwrap().origin();
    browser.follow_while(page, |url| url.origin() == here).await
}

/// Fills in the password form of `page`; follows no redirect.
pub(crate) async fn post_password(
    browser: &mut Browser,
    page: &Page,
    name: &str,
    password: &str,
) -> Page {
    let form = page.form("password-form").expect("a password form");
    let form = form.with("username", name).with("password", password);
    browser.submit(page, &form).await
}

/// Begins at the authorization endpoint and signs in; ends where the provider does.
pub(crate) async fn sign_in(browser: &mut Browser, url: &Url, name: &str) -> Page {
    let page = visit(browser, url).await;
    let page = post_password(browser, &page, name, PASSWORD).await;
    stay(browser, page).await
}

/// Presses the button of this `id`.
pub(crate) async fn press(browser: &mut Browser, page: &Page, id: &str) -> Page {
    let form = page
        .form(id)
        .unwrap_or_else(|| panic!("no `{id}` in {}", page.text()));
    browser.submit(page, &form).await
}

/// The error or the code that a client gets.
pub(crate) fn answer(page: &Page) -> Result<String, String> {
    assert_eq!(page.status, 303, "{}", page.text());
    let error = page.redirect_parameter("error");
    assert_eq!(page.redirect_parameter("state").as_deref(), Some("st"));
    assert_eq!(page.redirect_parameter("iss").as_deref(), Some(ISSUER));
    match error {
        Some(error) => Err(error),
        None => Ok(page.redirect_parameter("code").expect("a code")),
    }
}

pub(crate) fn session_cookie(browser: &Browser) -> Option<String> {
    let cookies = browser.cookies().cookies();
    let session = cookies
        .iter()
        .find(|c| c.name.contains("session") && c.host == "id.test");
    session.map(|cookie| cookie.value.clone())
}

pub(crate) fn attributes_of(list: &[(&str, serde_json::Value)], at: Timestamp) -> Attributes {
    list.iter()
        .map(|(name, value)| {
            let value = AttributeValue {
                value: value.clone(),
                sensitivity: Sensitivity::Personal,
                provenance: Provenance {
                    source: "test".to_owned(),
                    verified: true,
                    at,
                },
            };
            (name.parse().unwrap(), Attribute::single(value))
        })
        .collect()
}

pub(crate) fn peer() -> Peer {
    Peer {
        address: Some("192.0.2.7:4711".parse().unwrap()),
        client_certificate: None,
        https: true,
    }
}

/// Minors are refused; the scope `email` wants a substantial sign-in, `phone` one of
/// the last five minutes; the rest is allowed.
struct House;

impl PolicyEngine for House {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        let age = request
            .principal
            .attributes
            .get("age")
            .and_then(serde_json::Value::as_i64);
        if request.action == "sign_in" && age.is_some_and(|age| age < 18) {
            return Decision::deny(vec![policy("adults-only", "reason", MINOR)]);
        }
        let acr = request
            .context
            .get("acr")
            .and_then(serde_json::Value::as_str);
        let scope = request
            .context
            .get("scope")
            .and_then(serde_json::Value::as_str);
        if request.action == "grant_scope" && scope == Some("email") && acr == Some("low") {
            let forbid = vec![policy("strong", "acr", "substantial")];
            let advice = Advice::step_up(&forbid);
            return Decision::deny(forbid).with_advice(advice);
        }
        let second = |name: &str| {
            request
                .context
                .get(name)
                .and_then(serde_json::Value::as_i64)
        };
        let age = second("now").zip(second("auth_time"));
        if scope == Some("phone") && age.is_none_or(|(now, then)| now - then > 300) {
            let forbid = vec![policy("recent", "max_age", "300")];
            let advice = Advice::step_up(&forbid);
            return Decision::deny(forbid).with_advice(advice);
        }
        Decision::permit(Vec::new())
    }
}

pub(crate) const MINOR: &str = "You must be 18 to use this shop.";

fn policy(id: &str, name: &str, value: &str) -> PolicyRef {
    PolicyRef {
        id: id.to_owned(),
        annotations: BTreeMap::from([(name.to_owned(), value.to_owned())]),
    }
}

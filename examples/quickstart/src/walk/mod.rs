//! `walk`: everything the demo shows, done by a real HTTP client without a
//! browser, and then seven attacks. Each step says what it proved.

mod attack;
pub(crate) mod browser;
mod member;
mod report;
mod scratch;
mod step;

use std::process::ExitCode;

use serde_json::Value;

use self::browser::{Browser, Page};
use self::report::Report;
use self::scratch::Scratch;
use crate::config::Config;
use crate::folder::Folder;
use crate::keys::ClientKey;
use crate::party::shop;
use crate::problem::{Problem, chain};
use crate::relying_party::{Callback, Login, RelyingParty, Tokens};
use crate::seed;
use crate::serve::{Running, Start, http_client};

/// Walks, and says by the exit status whether every step held.
pub(crate) async fn run(actix: bool) -> Result<ExitCode, Problem> {
    let scratch = Scratch::new()?;
    let folder = Folder::open(scratch.path())?;
    let config = Config::default();
    let running = Start {
        folder: folder.clone(),
        config: config.clone(),
        port: 0,
        host: "127.0.0.1".to_owned(),
        actix,
    }
    .run()
    .await?;
    let http = http_client()?;
    let mut walk = Walk {
        alice: Browser::new(http.clone()),
        folder,
        config,
        running,
        http,
    };
    let mut report = Report::new();
    step::all(&mut walk, &mut report).await;
    attack::all(&mut walk, &mut report).await;
    walk.running.stop().await;
    Ok(report.finish())
}

/// What the steps work with.
struct Walk {
    running: Running,
    folder: Folder,
    config: Config,
    http: reqwest::Client,
    /// The demo user's browser: one jar of cookies for all parties.
    alice: Browser,
}

/// A step's outcome: what it proved, or what went wrong.
type Proof = Result<String, String>;

impl Walk {
    /// A browser that nobody has used yet.
    fn fresh_browser(&self) -> Browser {
        Browser::new(self.http.clone())
    }

    /// The shop as a client of the provider, in the hands of the walk.
    fn shop(&self) -> RelyingParty {
        RelyingParty::new(
            &self.running.urls.provider,
            self.shop_redirect_uri(),
            self.running.keys.shop.clone(),
            self.http.clone(),
        )
    }

    fn shop_redirect_uri(&self) -> String {
        shop::redirect_uri(&self.running.urls)
    }

    /// Signs the demo user in with her password, up to the code: the login and
    /// what came back to the redirect URI.
    async fn code(
        &self,
        client: &RelyingParty,
        redirect_uri: &str,
        scopes: &str,
    ) -> Result<(Login, Callback), String> {
        let login = client
            .begin(scopes, None, None)
            .await
            .map_err(|error| error.to_string())?;
        let mut browser = self.fresh_browser();
        let page = browser.open(login.url.as_str()).await?;
        let (user, password) = (&self.config.user.name, &self.config.user.password);
        let landed = sign_in(&mut browser, &page, user, password, Some(redirect_uri)).await?;
        Ok((login, callback(&landed)))
    }

    /// The same, up to the tokens.
    async fn tokens(
        &self,
        client: &RelyingParty,
        redirect_uri: &str,
        scopes: &str,
    ) -> Result<Tokens, String> {
        let (login, callback) = self.code(client, redirect_uri, scopes).await?;
        client
            .finish(&login, callback)
            .await
            .map_err(|error| error.to_string())
    }

    /// Posts to the token endpoint as a client.
    async fn token_request(
        &self,
        assertion: &str,
        parameters: &[(&str, &str)],
    ) -> Result<(u16, Value), String> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(parameters)
            .append_pair(
                "client_assertion_type",
                crate::relying_party::ASSERTION_TYPE,
            )
            .append_pair("client_assertion", assertion)
            .finish();
        let answer = self
            .http
            .post(format!("{}/token", self.running.urls.provider))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body)
            .send()
            .await
            .map_err(|error| chain(&error))?;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.map_err(|error| chain(&error))?;
        let body = serde_json::from_slice(&body)
            .map_err(|_| format!("the token endpoint answered {status} without JSON"))?;
        Ok((status, body))
    }

    fn assertion(&self, key: &ClientKey) -> Result<String, String> {
        key.assertion(&self.running.urls.provider)
            .map_err(|problem| problem.to_string())
    }

    /// Calls the orders API: status, challenge, and body.
    async fn api(&self, token: &str, path: &str, body: Option<Value>) -> Result<ApiAnswer, String> {
        let url = format!("{}{path}", self.running.urls.orders);
        let request = match body {
            None => self.http.get(url),
            Some(body) => self
                .http
                .post(url)
                .header("content-type", "application/json")
                .body(body.to_string()),
        };
        let answer = request
            .header("authorization", format!("Bearer {token}"))
            .send()
            .await
            .map_err(|error| chain(&error))?;
        let status = answer.status().as_u16();
        let challenge = answer
            .headers()
            .get("www-authenticate")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let body = answer.bytes().await.map_err(|error| chain(&error))?;
        Ok(ApiAnswer {
            status,
            challenge,
            body: serde_json::from_slice(&body).unwrap_or_default(),
        })
    }
}

/// What the orders API answered.
#[derive(Debug)]
struct ApiAnswer {
    status: u16,
    challenge: String,
    body: Value,
}

impl ApiAnswer {
    /// The answer, when it refuses the token.
    fn refused_token(&self) -> Proof {
        ensure(
            self.status == 401 && self.challenge.contains("error=\"invalid_token\""),
            || format!("the API answered {} {}", self.status, self.challenge),
        )?;
        Ok("401 invalid_token".to_owned())
    }
}

/// Fills in the password form.
async fn sign_in(
    browser: &mut Browser,
    page: &Page,
    user: &str,
    password: &str,
    until: Option<&str>,
) -> Result<Page, String> {
    let form = page.form_with("password", None)?;
    let values = [("username", user), ("password", password)];
    browser.submit(&form, &values, until).await
}

/// Chooses a connection on the discovery screen.
async fn choose(browser: &mut Browser, page: &Page, connection: &str) -> Result<Page, String> {
    let form = page.form_with("connection", Some(connection))?;
    browser.submit(&form, &[], None).await
}

/// Signs in through the bank.
async fn sign_in_at_bank(
    browser: &mut Browser,
    page: &Page,
    customer: &str,
    until: Option<&str>,
) -> Result<Page, String> {
    let at_bank = choose(browser, page, seed::BANK).await?;
    sign_in(browser, &at_bank, customer, seed::BANK_PASSWORD, until).await
}

/// What a redirect to the client carries.
fn callback(landed: &Page) -> Callback {
    Callback {
        code: landed.parameter("code"),
        state: landed.parameter("state"),
        iss: landed.parameter("iss"),
        error: landed.parameter("error"),
        error_description: landed.parameter("error_description"),
    }
}

/// `Err` with a sentence unless `holds`.
fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

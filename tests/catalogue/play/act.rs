//! Sends what a step says.

use bytes::Bytes;
use ciam_testkit::{Page, UserAgent};
use http::Request;
use url::Url;

use super::{Play, issuer, name};
use crate::answer::Answer;
use crate::outcome::Sent;
use crate::placeholder::fill;
use crate::request::{self, Parameters};
use crate::row::{Step, Token};
use crate::world::PASSWORD;

impl Play<'_> {
    /// Does what the step says; `None` when it sends nothing.
    pub(super) async fn act(&mut self, step: &Step) -> Option<(Page, Sent)> {
        let (page, sent) = if let Some(send) = &step.send {
            self.send(step, send).await
        } else if let Some(press) = &step.press {
            self.press(step, press).await
        } else if step.follow {
            let browser = name(&step.browser, "browser");
            let page = self.pages[browser].clone();
            let page = self.browser(browser).follow(&page).await;
            let page = page.expect("a redirect");
            let page = self.arrive(browser, page, step).await;
            (page, self.sent(step, &Parameters::default()))
        } else {
            return None;
        };
        Some((page, sent))
    }

    async fn send(&mut self, step: &Step, send: &str) -> (Page, Sent) {
        self.draw_token_id();
        let client = name(&step.client, "K");
        let issuer = issuer(step);
        let scope = step.scope.as_deref();
        let none = Token::default();
        let (method, path, parameters, kind) = match send {
            "authorize" => {
                let mut parameters =
                    request::authorize(client, scope.unwrap_or("openid"), &self.values);
                if let Some(hint) = &step.hint {
                    let hint = request::hint(self.world, hint, &self.values).await;
                    parameters.0.push(("id_token_hint".into(), hint));
                }
                ("GET", "/authorize", parameters, Some(FORM))
            }
            "token" => {
                let grant = name(&step.grant, "authorization_code");
                let parameters = request::token(client, grant, scope, &self.values);
                let change = step.assertion.as_ref().unwrap_or(&none);
                let parameters = request::authenticated(
                    self.world,
                    client,
                    issuer,
                    change,
                    &self.values,
                    parameters,
                );
                self.secrets
                    .extend(parameters.one("client_assertion").map(str::to_owned));
                ("POST", "/token", parameters, Some(FORM))
            }
            "userinfo" => ("GET", "/userinfo", Parameters::default(), None),
            "end_session" => {
                let mut parameters = Parameters::default();
                if let Some(hint) = &step.hint {
                    let hint = request::hint(self.world, hint, &self.values).await;
                    parameters.0.push(("id_token_hint".into(), hint));
                }
                ("GET", "/end_session", parameters, Some(FORM))
            }
            path => ("GET", path, Parameters::default(), None),
        };
        let path = fill(path, &self.values);
        let (path, parameters) = match path.split_once('?') {
            Some((path, query)) => (path.to_owned(), Parameters::parse(query)),
            None => (path, parameters),
        };
        let parameters = parameters.changed(step, &self.values);
        let url = if path.starts_with("https:") {
            path
        } else {
            format!("{issuer}{path}")
        };
        let posted = step.method.as_deref().unwrap_or(method) == "POST";
        let kind = kind.filter(|_| posted);
        let mut request = request::build(step, &self.values, method, &url, &parameters, kind);
        let sent = self.sent(step, &parameters);
        let url: Url = url.parse().unwrap();
        let page = match send {
            "userinfo" => {
                let token = match &step.bearer {
                    Some(bearer) => request::bearer(self.world, bearer, &self.values).await,
                    None => self.values.get("access_token").cloned().unwrap_or_default(),
                };
                if !step.headers.contains_key("authorization") {
                    request::with_bearer(&mut request, &token);
                }
                self.call(&url, request).await
            }
            "token" => self.call(&url, request).await,
            _ => {
                let browser = name(&step.browser, "browser");
                self.browse(browser, &url, request, step).await
            }
        };
        (page, sent)
    }

    async fn press(&mut self, step: &Step, press: &str) -> (Page, Sent) {
        let browser = name(&step.browser, "browser");
        let of = name(&step.page_of, browser);
        let page = self
            .pages
            .get(of)
            .unwrap_or_else(|| panic!("`{of}` has no page"));
        let found = page.form(press);
        let Some(form) = found.or_else(|| page.forms().into_iter().next()) else {
            self.faults.push(format!(
                "there is no form with `{press}`: {:?}",
                Answer::of(page)
            ));
            return (page.clone(), Sent::default());
        };
        let mut form = form;
        if press == "password-form" {
            let user = name(&step.user, "alice");
            form = form.with("username", user).with("password", PASSWORD);
        }
        let from = page.url.clone();
        self.secrets.extend(form.value("csrf").map(str::to_owned));
        let parameters = Parameters(form.fields.clone()).changed(step, &self.values);
        let mut request = request::build(
            step,
            &self.values,
            "POST",
            form.action.as_str(),
            &parameters,
            Some(FORM),
        );
        let headers = request.headers_mut();
        for (name, value) in [
            ("origin", from.origin().ascii_serialization()),
            ("sec-fetch-site", "same-origin".to_owned()),
            ("sec-fetch-mode", "navigate".to_owned()),
        ] {
            if !step.headers.contains_key(name) {
                headers.insert(name, value.parse().unwrap());
            }
        }
        let page = self.browse(browser, &form.action, request, step).await;
        (page, self.sent(step, &parameters))
    }

    /// Sends a browser's request and follows redirects inside the provider.
    async fn browse(
        &mut self,
        browser: &str,
        url: &Url,
        request: Request<Bytes>,
        step: &Step,
    ) -> Page {
        let page = self.browser(browser).send(url, request).await;
        self.arrive(browser, page, step).await
    }

    /// Goes on inside the provider, and keeps what the browser has then.
    async fn arrive(&mut self, browser: &str, page: Page, step: &Step) -> Page {
        let origin = page.url.origin();
        let raw = step.expect.as_deref().is_some_and(|expect| expect == "303");
        let agent = self.browser(browser);
        let page = agent
            .follow_while(page, |target| !raw && target.origin() == origin)
            .await;
        let cookies: Vec<_> = agent.cookies().cookies().to_vec();
        let host = page.url.host_str().unwrap_or_default();
        for cookie in cookies.into_iter().filter(|cookie| cookie.host == host) {
            let word = if cookie.name.contains("session") {
                "session"
            } else {
                "browser"
            };
            let short = &cookie.value[..cookie.value.len() - 1];
            self.values
                .insert(format!("{word}_cookie_name"), cookie.name.clone());
            self.values
                .insert(format!("{word}_cookie_short"), short.to_owned());
            self.values
                .insert(format!("{word}_cookie"), cookie.value.clone());
            self.secrets.push(cookie.value);
        }
        self.values.insert("page".into(), page.url.to_string());
        if let Some(target) = page.location() {
            let state = page.redirect_parameter("state").unwrap_or_default();
            let query = target.query().unwrap_or_default().to_owned();
            self.values.insert("location_query".into(), query);
            self.values.insert("location".into(), target.into());
            self.values.insert("location_state".into(), state);
        }
        self.pages.insert(browser.to_owned(), page.clone());
        page
    }

    /// Sends a request of a client or API: without cookies.
    async fn call(&self, url: &Url, request: Request<Bytes>) -> Page {
        UserAgent::new(self.transport.clone())
            .send(url, request)
            .await
    }

    fn sent(&self, step: &Step, parameters: &Parameters) -> Sent {
        let client = name(&step.client, "K");
        let to = step
            .to
            .clone()
            .or_else(|| parameters.one("redirect_uri").map(str::to_owned));
        let fallback = crate::world::redirect_uri(client).to_owned();
        let state = match step.send.as_deref() {
            Some("authorize") => parameters.one("state").map(str::to_owned),
            _ => Some("state-af0ifjsldkj".to_owned()),
        };
        Sent {
            to: to.or(Some(fallback)),
            state: state.filter(|_| !step.no_state),
            issuer: issuer(step).to_owned(),
        }
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

//! A user agent: cookies, redirects within the provider, forms.

use std::collections::BTreeMap;

use bytes::Bytes;
use ciam_idp::{Peer, Provider};
use http::{Method, Request, Response, StatusCode};
use url::Url;

/// One browser.
#[derive(Clone, Default)]
pub struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    /// GET, with the provider's own redirects followed.
    pub async fn get(&mut self, provider: &Provider, url: &str) -> Response<Bytes> {
        let response = self.send(provider, Method::GET, url, Bytes::new()).await;
        self.follow(provider, response).await
    }

    /// POST of a form, with the provider's own redirects followed.
    pub async fn post(
        &mut self,
        provider: &Provider,
        url: &str,
        fields: &[(&str, &str)],
    ) -> Response<Bytes> {
        let body = form(fields);
        let response = self.send(provider, Method::POST, url, body).await;
        self.follow(provider, response).await
    }

    /// Fills in the form with this hidden `choice` on the page and posts it.
    pub async fn submit(
        &mut self,
        provider: &Provider,
        page: &Response<Bytes>,
        choice: &str,
        fields: &[(&str, &str)],
    ) -> Response<Bytes> {
        let html = text(page);
        let action = attribute(&html, "action=\"");
        let csrf = attribute(&html, "name=\"csrf\" value=\"");
        let url = provider.issuer().as_str().parse::<Url>().unwrap();
        let url = url.join(&action).unwrap();
        let mut all = vec![("csrf", csrf.as_str()), ("choice", choice)];
        all.extend_from_slice(fields);
        self.post(provider, url.as_str(), &all).await
    }

    async fn follow(&mut self, provider: &Provider, first: Response<Bytes>) -> Response<Bytes> {
        let mut response = first;
        for _ in 0..5 {
            if response.status() != StatusCode::SEE_OTHER {
                break;
            }
            let to = location(&response);
            if to.origin().ascii_serialization() != provider.issuer().origin() {
                break;
            }
            response = self
                .send(provider, Method::GET, to.as_str(), Bytes::new())
                .await;
        }
        response
    }

    async fn send(
        &mut self,
        provider: &Provider,
        method: Method,
        url: &str,
        body: Bytes,
    ) -> Response<Bytes> {
        let url: Url = url.parse().unwrap();
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        let mut request = Request::builder()
            .method(&method)
            .uri(target)
            .header("host", provider.issuer().authority());
        if method == Method::POST {
            request = request
                .header("content-type", "application/x-www-form-urlencoded")
                .header("origin", provider.issuer().origin());
        }
        if !self.cookies.is_empty() {
            let sent: Vec<String> = self
                .cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            request = request.header("cookie", sent.join("; "));
        }
        let request = request.body(body).unwrap();
        let response = provider.handle(request, Peer::default()).await;
        for cookie in response.headers().get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        response
    }
}

/// The body as text.
pub fn text(response: &Response<Bytes>) -> String {
    String::from_utf8(response.body().to_vec()).unwrap()
}

/// Where a redirect goes.
pub fn location(response: &Response<Bytes>) -> Url {
    assert_eq!(
        response.status(),
        StatusCode::SEE_OTHER,
        "{}",
        text(response)
    );
    let to = response.headers()["location"].to_str().unwrap();
    to.parse().unwrap()
}

/// A parameter of a redirect's query.
pub fn parameter(url: &Url, name: &str) -> Option<String> {
    url.query_pairs()
        .find(|(sent, _)| sent == name)
        .map(|(_, value)| value.into_owned())
}

/// Fields as a form body.
pub fn form(fields: &[(&str, &str)]) -> Bytes {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    form.finish().into()
}

fn attribute(html: &str, before: &str) -> String {
    let start = html
        .find(before)
        .unwrap_or_else(|| panic!("no {before} in {html}"))
        + before.len();
    let rest = &html[start..];
    rest[..rest.find('"').unwrap()].replace("&#x2f;", "/")
}

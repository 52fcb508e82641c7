//! What the web pages of the shop and the partner have in common: the layout,
//! the headers, the cookie, and that they answer under one host name alone.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue,
    LOCATION, ORIGIN, REFERRER_POLICY, SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use ciam::core::SystemEntropy;
use ciam::core::crypto::sha256;
use ciam::core::encoding::b64url_encode;
use ciam::core::outside::random;

/// A site: its address and its name.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Its base URL.
    pub(crate) url: String,
    pub(crate) name: String,
    /// Where its forms may lead, besides to itself: browsers check redirects too.
    pub(crate) form_target: String,
}

impl Site {
    /// A page. `main` is HTML.
    pub(crate) fn page(&self, status: StatusCode, title: &str, nav: &str, main: &str) -> Response {
        let name = escape(&self.name);
        let html = format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <meta name=\"color-scheme\" content=\"light dark\">\
             <title>{title} · {name}</title><link rel=\"stylesheet\" href=\"/style.css\"></head>\n\
             <body><aside class=\"demo\"><strong>Demo.</strong> Nothing here is real, and \
             everybody knows the passwords.</aside>\n<div class=\"page\">\
             <header><a href=\"/\">{name}</a><div class=\"row\">{nav}</div></header>\n\
             <main>{main}</main></div></body></html>\n",
            title = escape(title),
        );
        let policy = format!(
            "default-src 'none'; style-src 'self'; form-action 'self' {}; base-uri 'none'; frame-ancestors 'none'",
            self.form_target
        );
        let mut response = (status, html).into_response();
        let mut set = |name: HeaderName, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set(CONTENT_TYPE, "text/html; charset=utf-8");
        set(CONTENT_SECURITY_POLICY, &policy);
        set(CACHE_CONTROL, "no-store");
        set(X_CONTENT_TYPE_OPTIONS, "nosniff");
        // Under `no-referrer` browsers post forms with `Origin: null` (Fetch
        // section 3.2), which `posted_here` refuses.
        set(REFERRER_POLICY, "same-origin");
        response
    }

    /// Whether a form was posted from a page of this site.
    pub(crate) fn posted_here(&self, headers: &HeaderMap) -> bool {
        headers
            .get(ORIGIN)
            .is_none_or(|origin| origin.as_bytes() == self.url.as_bytes())
    }
}

/// Sends the browser elsewhere with GET.
pub(crate) fn see_other(to: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The style sheet of both sites.
pub(crate) async fn style() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("pages/style.css"),
    )
}

/// Refuses requests that were sent to another host name, so that a name that
/// somebody points at loopback reaches nothing (RFC 9110 section 15.5.20).
pub(crate) async fn own_host(
    State(authority): State<String>,
    request: Request,
    next: Next,
) -> Response {
    let mut hosts = request.headers().get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) if host.as_bytes() == authority.as_bytes() => next.run(request).await,
        _ => (
            StatusCode::MISDIRECTED_REQUEST,
            format!("This demo answers on http://{authority} alone.\n"),
        )
            .into_response(),
    }
}

/// Host and port of a URL, as in the `Host` header.
pub(crate) fn authority(url: &str) -> String {
    url.trim_start_matches("http://").to_owned()
}

/// Text for HTML, in and outside attributes.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// Sessions in memory, found by a cookie. They are gone when the program ends.
#[derive(Debug)]
pub(crate) struct Sessions<T> {
    cookie: String,
    kept: Mutex<Kept<T>>,
}

#[derive(Debug)]
struct Kept<T> {
    by_id: HashMap<String, T>,
    /// The ids, the oldest first; some may be gone.
    order: VecDeque<String>,
}

impl<T: Clone + Default> Sessions<T> {
    /// The cookie's name carries a digest of the site's address: cookies ignore
    /// ports, and all parties of the demo share one host.
    pub(crate) fn new(site: &str, url: &str) -> Self {
        let digest = b64url_encode(&sha256(url.as_bytes()));
        let short: String = digest.chars().take(8).collect();
        Self {
            cookie: format!("{site}_session_{short}"),
            kept: Mutex::new(Kept {
                by_id: HashMap::new(),
                order: VecDeque::new(),
            }),
        }
    }

    /// The session of a browser; an empty one when it has none.
    pub(crate) fn load(&self, headers: &HeaderMap) -> T {
        self.id(headers)
            .and_then(|id| self.kept().by_id.get(&id).cloned())
            .unwrap_or_default()
    }

    /// Changes the session of a browser that has one.
    pub(crate) fn update(&self, headers: &HeaderMap, change: impl FnOnce(&mut T)) {
        let Some(id) = self.id(headers) else { return };
        if let Some(session) = self.kept().by_id.get_mut(&id) {
            change(session);
        }
    }

    /// Puts the session under a new cookie and forgets the one before, and the oldest
    /// of all when there are too many.
    pub(crate) fn renew(&self, headers: &HeaderMap, session: T, response: &mut Response) {
        let id = b64url_encode(&random::<32>(&SystemEntropy));
        let old = self.id(headers);
        let mut kept = self.kept();
        if let Some(old) = old {
            kept.by_id.remove(&old);
        }
        kept.by_id.insert(id.clone(), session);
        kept.order.push_back(id.clone());
        while kept.order.len() > MOST_SESSIONS {
            if let Some(oldest) = kept.order.pop_front() {
                kept.by_id.remove(&oldest);
            }
        }
        drop(kept);
        self.set(&id, "", response);
    }

    /// Ends the session of a browser.
    pub(crate) fn end(&self, headers: &HeaderMap, response: &mut Response) {
        if let Some(id) = self.id(headers) {
            self.kept().by_id.remove(&id);
        }
        self.set("", "; Max-Age=0", response);
    }

    fn id(&self, headers: &HeaderMap) -> Option<String> {
        headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie)
            .map(|(_, id)| id.to_owned())
    }

    fn set(&self, value: &str, more: &str, response: &mut Response) {
        let cookie = format!(
            "{}={value}; Path=/; HttpOnly; SameSite=Lax{more}",
            self.cookie
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept<T>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// More are not kept: this is a demo.
const MOST_SESSIONS: usize = 1000;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn cookie(response: &Response) -> HeaderMap {
        let set = response.headers()[SET_COOKIE].to_str().unwrap();
        let (pair, _) = set.split_once(';').unwrap();
        [(COOKIE, HeaderValue::from_str(pair).unwrap())]
            .into_iter()
            .collect()
    }

    #[test]
    fn too_many_sessions_push_out_the_oldest() {
        let sessions = Sessions::new("shop", "http://127.0.0.1:1");
        let begin = |number: usize| {
            let mut response = StatusCode::OK.into_response();
            sessions.renew(&HeaderMap::new(), number, &mut response);
            cookie(&response)
        };
        let browsers: Vec<_> = (1..=MOST_SESSIONS + 2).map(begin).collect();
        let kept: Vec<_> = browsers.iter().map(|b| sessions.load(b)).collect();
        assert_eq!(kept.get(..3).unwrap(), [0, 0, 3]);
        assert_eq!(kept.last(), Some(&(MOST_SESSIONS + 2)));
    }
}

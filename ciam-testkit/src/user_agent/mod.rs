//! A user agent that behaves as browsers do where that matters to a provider.

mod cookie_jar;
mod form;
mod page;
#[cfg(test)]
mod tests;
mod transport;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode};
use url::Url;

pub use self::cookie_jar::{Cookie, CookieJar};
pub use self::form::Form;
pub use self::page::Page;
pub use self::transport::Transport;

/// A browser without a screen: cookies, forms, redirects on demand, `Origin`
/// and `Sec-Fetch-Site` as browsers send them.
///
/// ```
/// use async_trait::async_trait;
/// use bytes::Bytes;
/// use ciam_testkit::{Transport, UserAgent};
/// use http::{Request, Response};
///
/// struct Echo;
///
/// #[async_trait(?Send)]
/// impl Transport for Echo {
///     async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
///         Response::new(Bytes::from(request.uri().path().to_owned()))
///     }
/// }
///
/// # async fn example() -> Result<(), url::ParseError> {
/// let mut browser = UserAgent::new(Echo);
/// let page = browser.open(&url::Url::parse("https://op.test/hello")?).await;
/// assert_eq!(page.text(), "/hello");
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new().unwrap().block_on(example()).unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct UserAgent<T> {
    transport: T,
    cookies: CookieJar,
}

impl<T: Transport> UserAgent<T> {
    /// A browser without cookies.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            cookies: CookieJar::new(),
        }
    }

    /// Its cookies.
    pub const fn cookies(&self) -> &CookieJar {
        &self.cookies
    }

    /// Its cookies, to change them.
    pub const fn cookies_mut(&mut self) -> &mut CookieJar {
        &mut self.cookies
    }

    /// Opens an address typed by hand.
    pub async fn open(&mut self, url: &Url) -> Page {
        self.navigate(Method::GET, url, None, Initiator::Person)
            .await
    }

    /// Opens an address by a link on a page of `from`.
    pub async fn open_from(&mut self, from: &Url, url: &Url) -> Page {
        self.navigate(Method::GET, url, None, Initiator::Page(from))
            .await
    }

    /// Sends a form of a page, as a press on its button does.
    pub async fn submit(&mut self, page: &Page, form: &Form) -> Page {
        let from = match page.header("referrer-policy") {
            Some("no-referrer") => Initiator::SecretivePage(&page.url),
            _ => Initiator::Page(&page.url),
        };
        if form.post {
            let body = Some(form.encoded());
            return self.navigate(Method::POST, &form.action, body, from).await;
        }
        let mut url = form.action.clone();
        url.set_query(Some(&form.encoded()));
        self.navigate(Method::GET, &url, None, from).await
    }

    /// Follows the redirect of `page`, if it is one. 301, 302 and 303 go on with
    /// GET; the form of a 307 or 308 is not sent again.
    pub async fn follow(&mut self, page: &Page) -> Option<Page> {
        let target = page.location()?;
        let preserves = matches!(
            page.status,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
        );
        if preserves {
            return None;
        }
        Some(self.open_from(&page.url, &target).await)
    }

    /// Follows redirects, ten at most, as long as `goes_on` agrees with where they lead.
    pub async fn follow_while(&mut self, page: Page, goes_on: impl Fn(&Url) -> bool) -> Page {
        let mut page = page;
        for _ in 0..10 {
            if !page.location().is_some_and(|target| goes_on(&target)) {
                break;
            }
            match self.follow(&page).await {
                Some(next) => page = next,
                None => break,
            }
        }
        page
    }

    /// Sends a request of any kind with the cookies that belong to it, and
    /// keeps the cookies of the answer. Headers that are set already stay.
    pub async fn send(&mut self, url: &Url, mut request: Request<Bytes>) -> Page {
        let foreign_post = request.method() != Method::GET
            && request
                .headers()
                .get("sec-fetch-site")
                .is_some_and(|site| site == "cross-site");
        let cookies = self.cookies.header(url, foreign_post);
        let headers = request.headers_mut();
        set_default(headers, HOST, &authority(url));
        if let Some(cookies) = cookies {
            set_default(headers, COOKIE, &cookies);
        }
        let response = self.transport.send(request).await;
        self.cookies.store(url, response.headers());
        let (parts, body) = response.into_parts();
        Page {
            url: url.clone(),
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    async fn navigate(
        &mut self,
        method: Method,
        url: &Url,
        form: Option<String>,
        initiator: Initiator<'_>,
    ) -> Page {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method.clone();
        *request.uri_mut() = url.as_str().parse().unwrap_or_default();
        let headers = request.headers_mut();
        set_default(headers, SEC_FETCH_SITE, initiator.site(url));
        set_default(headers, SEC_FETCH_MODE, "navigate");
        set_default(headers, SEC_FETCH_DEST, "document");
        if method == Method::POST {
            set_default(headers, ORIGIN, &initiator.origin());
        }
        if let Some(form) = form {
            set_default(headers, CONTENT_TYPE, "application/x-www-form-urlencoded");
            *request.body_mut() = Bytes::from(form);
        }
        self.send(url, request).await
    }
}

/// What made the browser go somewhere.
#[derive(Clone, Copy)]
enum Initiator<'a> {
    Person,
    Page(&'a Url),
    /// A page with `Referrer-Policy: no-referrer`.
    SecretivePage(&'a Url),
}

impl Initiator<'_> {
    /// Fetch Metadata, section 2.4. Without the list of public suffixes a site
    /// is taken to be a host.
    fn site(self, target: &Url) -> &'static str {
        match self {
            Self::Person => "none",
            Self::Page(from) | Self::SecretivePage(from) => {
                if from.origin() == target.origin() {
                    "same-origin"
                } else if from.host_str() == target.host_str() {
                    "same-site"
                } else {
                    "cross-site"
                }
            }
        }
    }

    /// What a POST says of where it comes from. A page that wants no referrer
    /// sends `null` (Fetch standard, "serializing a request origin").
    fn origin(self) -> String {
        match self {
            Self::Page(from) => from.origin().ascii_serialization(),
            Self::Person | Self::SecretivePage(_) => "null".to_owned(),
        }
    }
}

fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

fn set_default(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.entry(name).or_insert(value);
    }
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const SEC_FETCH_MODE: HeaderName = HeaderName::from_static("sec-fetch-mode");
const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");

use http::HeaderMap;
use http::header::SET_COOKIE;
use url::Url;

/// A browser's cookies (RFC 6265 section 5): host-only, with paths, without
/// regard to ports. `Secure` ones travel over https alone; `SameSite=Lax` and
/// `Strict` ones do not travel with a form that another site posts.
#[derive(Clone, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

/// One cookie as a browser keeps it. `Debug` hides the value.
#[derive(Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The host that set it.
    pub host: String,
    /// The path it is sent below.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it is sent over https alone.
    pub secure: bool,
    /// Whether scripts cannot read it.
    pub http_only: bool,
    /// `Lax`, `Strict` or `None`, as it was sent.
    pub same_site: Option<String>,
}

impl CookieJar {
    /// An empty jar.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All cookies, in the order they were set.
    #[must_use]
    pub fn cookies(&self) -> &[Cookie] {
        &self.cookies
    }

    /// Puts a cookie in, in place of one of the same host, path and name.
    pub fn put(&mut self, cookie: Cookie) {
        self.take_out(&cookie);
        self.cookies.push(cookie);
    }

    /// Throws all cookies away.
    pub fn clear(&mut self) {
        self.cookies.clear();
    }

    /// Takes up what an answer of `url` sets. What a browser would refuse is left out.
    pub fn store(&mut self, url: &Url, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE) {
            let Some((cookie, gone)) = line.to_str().ok().and_then(|line| parse(url, line)) else {
                continue;
            };
            if gone {
                self.take_out(&cookie);
            } else {
                self.put(cookie);
            }
        }
    }

    /// The `Cookie` header for a request. `foreign_post` is a form posted from another site.
    #[must_use]
    pub fn header(&self, url: &Url, foreign_post: bool) -> Option<String> {
        let sent: Vec<String> = self
            .cookies
            .iter()
            .filter(|cookie| cookie.goes_to(url) && !(foreign_post && cookie.stays_on_site()))
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!sent.is_empty()).then(|| sent.join("; "))
    }

    fn take_out(&mut self, like: &Cookie) {
        self.cookies.retain(|kept| {
            kept.host != like.host || kept.path != like.path || kept.name != like.name
        });
    }
}

impl std::fmt::Debug for CookieJar {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(&self.cookies).finish()
    }
}

impl Cookie {
    fn goes_to(&self, url: &Url) -> bool {
        let path = url.path();
        let below = path == self.path
            || path
                .strip_prefix(self.path.as_str())
                .is_some_and(|rest| self.path.ends_with('/') || rest.starts_with('/'));
        url.host_str() == Some(self.host.as_str())
            && below
            && (!self.secure || url.scheme() == "https")
    }

    /// Browsers treat a cookie without `SameSite` as `Lax`.
    fn stays_on_site(&self) -> bool {
        !self
            .same_site
            .as_deref()
            .is_some_and(|value| value.eq_ignore_ascii_case("none"))
    }
}

impl std::fmt::Debug for Cookie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cookie")
            .field("host", &self.host)
            .field("path", &self.path)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A cookie, and whether the line removes it. `None` for what a browser refuses.
fn parse(url: &Url, line: &str) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        host: url.host_str()?.to_owned(),
        path: default_path(url),
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        secure: false,
        http_only: false,
        same_site: None,
    };
    let mut gone = false;
    let mut domain = false;
    for part in parts {
        let (attribute, value) = part.split_once('=').unwrap_or((part, ""));
        match attribute.to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => cookie.path = value.to_owned(),
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "samesite" => cookie.same_site = Some(value.to_owned()),
            "domain" => domain = true,
            "max-age" => gone |= value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
            "expires" => gone |= value.contains("1970"),
            _ => {}
        }
    }
    let kept = !domain && prefix_holds(&cookie) && (!cookie.secure || url.scheme() == "https");
    kept.then_some((cookie, gone))
}

/// RFC 6265bis section 4.1.3: what the prefixes of a name promise.
fn prefix_holds(cookie: &Cookie) -> bool {
    if cookie.name.starts_with("__Host-") {
        cookie.secure && cookie.path == "/"
    } else {
        !cookie.name.starts_with("__Secure-") || cookie.secure
    }
}

/// RFC 6265 section 5.1.4.
fn default_path(url: &Url) -> String {
    match url.path().rsplit_once('/') {
        Some(("", _)) | None => "/".to_owned(),
        Some((folder, _)) => folder.to_owned(),
    }
}

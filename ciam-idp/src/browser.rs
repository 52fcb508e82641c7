//! The browser: its cookies, and whether a form was posted from a page of ours.

use ciam_core::Secret;
use ciam_core::crypto::{Digest, HmacKey, hmac_sha256, sha256};
use ciam_core::encoding::{b64url_array, b64url_encode};
use ciam_core::outside::random;
use ciam_core::session::SessionKey;
use ciam_core::store::Handle;
use http::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use http::{HeaderMap, HeaderName, Response};

use crate::provider::Inner;

/// Our two cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cookie {
    /// Names the browser; interactions and transactions are bound to it.
    Browser,
    /// Names the session; changes at every sign-in.
    Session,
}

/// An opaque random value in a cookie; its digest is what is stored.
#[derive(Clone)]
pub(crate) struct CookieValue(Secret<[u8; 32]>);

impl CookieValue {
    pub(crate) fn generate(inner: &Inner) -> Self {
        Self(Secret::new(random(inner.entropy.as_ref())))
    }

    /// The value a browser sent. A cookie that is there twice counts as none: one
    /// of the two was planted, and which one cannot be told (RFC 6265 section 8.5).
    pub(crate) fn sent(inner: &Inner, cookie: Cookie, headers: &HeaderMap) -> Option<Self> {
        let name = name(inner, cookie);
        let mut values = headers
            .get_all(COOKIE)
            .iter()
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(sent, _)| *sent == name)
            .map(|(_, value)| value);
        let value = values.next()?;
        if values.next().is_some() {
            return None;
        }
        b64url_array(value).map(|bytes| Self(Secret::new(bytes)))
    }

    pub(crate) fn digest(&self) -> Digest {
        sha256(self.0.expose())
    }

    pub(crate) fn session_key(&self) -> SessionKey {
        SessionKey(self.digest())
    }

    /// The CSRF token of the record of `handle` in this browser. Nothing of it is
    /// stored: whoever lacks the cookie or the handle cannot compute it, and another
    /// record has another one.
    pub(crate) fn csrf(&self, handle: &Handle) -> CsrfToken {
        let key = HmacKey::new(handle.derive(b"csrf").expose());
        CsrfToken(b64url_encode(&hmac_sha256(&key, &[self.0.expose()])))
    }

    /// The CSRF token of signing out of the session of this cookie. It is good as
    /// long as the cookie, which changes at every sign-in.
    pub(crate) fn sign_out_csrf(&self) -> CsrfToken {
        let key = HmacKey::new(self.0.expose());
        CsrfToken(b64url_encode(&hmac_sha256(&key, &[b"sign out"])))
    }

    /// Adds the `Set-Cookie` header that gives the browser this value.
    pub(crate) fn set<B>(&self, inner: &Inner, cookie: Cookie, response: &mut Response<B>) {
        put(inner, cookie, &b64url_encode(self.0.expose()), "", response);
    }
}

/// Adds the `Set-Cookie` header that makes the browser forget the cookie.
pub(crate) fn forget<B>(inner: &Inner, cookie: Cookie, response: &mut Response<B>) {
    put(inner, cookie, "", "; Max-Age=0", response);
}

/// The token in every form of an interaction.
pub(crate) struct CsrfToken(String);

impl CsrfToken {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in constant time; a missing one never matches.
    pub(crate) fn matches(&self, posted: Option<&str>) -> bool {
        posted.is_some_and(|posted| {
            ciam_core::crypto::constant_time_eq(self.0.as_bytes(), posted.as_bytes())
        })
    }
}

/// Whether a POST came from a page of this provider, as far as the browser says
/// (Fetch metadata, and `Origin`). A user agent that sends neither passes: the
/// CSRF token decides then.
pub(crate) fn posted_from_here(inner: &Inner, headers: &HeaderMap) -> bool {
    let site = headers.get_all(&SEC_FETCH_SITE);
    let origin = headers.get_all(ORIGIN);
    site.iter().all(|value| value == "same-origin")
        && origin
            .iter()
            .all(|value| value.as_bytes() == inner.issuer.origin().as_bytes())
}

fn put<B>(inner: &Inner, cookie: Cookie, value: &str, more: &str, response: &mut Response<B>) {
    let secure = if inner.issuer.is_https() {
        "; Secure"
    } else {
        ""
    };
    let name = name(inner, cookie);
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
    if let Ok(header) = HeaderValue::try_from(text) {
        response.headers_mut().append(SET_COOKIE, header);
    }
}

/// `__Host-` keeps a cookie to this host, this path and TLS (RFC 6265bis section
/// 4.1.3.2). The digest of the issuer keeps two issuers apart that share a host:
/// cookies ignore ports, and `__Host-` demands the path `/`.
fn name(inner: &Inner, cookie: Cookie) -> String {
    let prefix = if inner.issuer.is_https() {
        "__Host-"
    } else {
        ""
    };
    let word = match cookie {
        Cookie::Browser => "browser",
        Cookie::Session => "session",
    };
    let tenant = inner.tenant.to_string();
    let mark = tenant.get(..8).unwrap_or(&tenant);
    format!("{prefix}ciam-{word}-{mark}")
}

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

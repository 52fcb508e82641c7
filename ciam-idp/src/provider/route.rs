//! From method, host and path to an endpoint.

use bytes::Bytes;
use http::header::{ALLOW, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, Response, StatusCode};

use super::{Inner, path};
use crate::endpoint::{
    authorization, callback, end_session, interaction, jwks, metadata, token, userinfo,
};
use crate::peer::Peer;
use crate::wire;

/// The largest body that is read, in bytes.
pub(super) const BODY_LIMIT: usize = 64 * 1_024;

/// Where a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Endpoint<'a> {
    Authorization,
    Token,
    Userinfo,
    Jwks,
    Metadata,
    Interaction(&'a str),
    Callback(&'a str),
    EndSession,
}

/// Answers one request.
pub(super) async fn answer(
    inner: &Inner,
    request: &Request<Bytes>,
    peer: &Peer,
) -> Response<Bytes> {
    if !is_for_us(inner, request) {
        return wire::misdirected(inner);
    }
    if request.body().len() > BODY_LIMIT {
        return wire::empty(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let Some(endpoint) = find(inner, request.uri().path()) else {
        return wire::no_such_page(inner);
    };
    let post = request.method() == Method::POST;
    if !endpoint.allowed().contains(request.method()) {
        let mut response = wire::empty(StatusCode::METHOD_NOT_ALLOWED);
        wire::set(&mut response, ALLOW, endpoint.allow());
        return response;
    }
    if post && endpoint.wants_form(request) && !is_form(request.headers()) {
        return wire::empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    match endpoint {
        Endpoint::Authorization => authorization::handle(inner, request).await,
        Endpoint::Token => token::post(inner, request).await,
        Endpoint::Userinfo => userinfo::handle(inner, request).await,
        Endpoint::Jwks => wire::published(request.method(), jwks::get(inner)),
        Endpoint::Metadata => wire::published(request.method(), metadata::get(inner)),
        Endpoint::Interaction(handle) if post => {
            interaction::post(inner, request, peer, handle).await
        }
        Endpoint::Interaction(handle) => interaction::get(inner, request, handle).await,
        Endpoint::Callback(connection) => callback::get(inner, request, connection).await,
        Endpoint::EndSession if post => end_session::post(inner, request).await,
        Endpoint::EndSession => end_session::get(inner, request).await,
    }
}

impl Endpoint<'_> {
    const fn allowed(self) -> &'static [Method] {
        match self {
            Self::Token => &[Method::POST],
            Self::Jwks | Self::Metadata => &[Method::GET, Method::HEAD],
            Self::Callback(_) => &[Method::GET],
            Self::Authorization | Self::Userinfo | Self::Interaction(_) | Self::EndSession => {
                &[Method::GET, Method::POST]
            }
        }
    }

    const fn allow(self) -> &'static str {
        match self {
            Self::Token => "POST",
            Self::Jwks | Self::Metadata => "GET, HEAD",
            Self::Callback(_) => "GET",
            Self::Authorization | Self::Userinfo | Self::Interaction(_) | Self::EndSession => {
                "GET, POST"
            }
        }
    }

    /// Userinfo needs no body; all else that is posted is a form.
    fn wants_form(self, request: &Request<Bytes>) -> bool {
        self != Self::Userinfo || !request.body().is_empty()
    }
}

/// The path as it was sent, compared without unescaping: there is one spelling.
fn find<'a>(inner: &Inner, sent: &'a str) -> Option<Endpoint<'a>> {
    let issuer = inner.issuer.path();
    // RFC 8414 section 3.1: the well-known part comes before the issuer's path.
    if sent.strip_prefix(path::OAUTH_METADATA) == Some(issuer) {
        return Some(Endpoint::Metadata);
    }
    match sent.strip_prefix(issuer)? {
        path::AUTHORIZE => Some(Endpoint::Authorization),
        path::TOKEN => Some(Endpoint::Token),
        path::USERINFO => Some(Endpoint::Userinfo),
        path::JWKS => Some(Endpoint::Jwks),
        path::OPENID_METADATA | path::OAUTH_METADATA => Some(Endpoint::Metadata),
        path::END_SESSION => Some(Endpoint::EndSession),
        below => one_below(below, path::INTERACTION)
            .map(Endpoint::Interaction)
            .or_else(|| one_below(below, path::CALLBACK).map(Endpoint::Callback)),
    }
}

/// The one segment below `folder`.
fn one_below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let segment = path.strip_prefix(folder)?;
    (!segment.is_empty() && !segment.contains('/')).then_some(segment)
}

/// Whether the request names our host: once, and no other (HTTP/2 has it in the URI).
fn is_for_us(inner: &Inner, request: &Request<Bytes>) -> bool {
    let default_port = if inner.issuer.is_https() {
        ":443"
    } else {
        ":80"
    };
    let ours = |sent: &str| {
        let sent = sent.strip_suffix(default_port).unwrap_or(sent);
        sent.eq_ignore_ascii_case(inner.issuer.authority())
    };
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next();
    let authority = request.uri().authority().map(http::uri::Authority::as_str);
    hosts.next().is_none()
        && (host.is_some() || authority.is_some())
        && host.is_none_or(|host| host.to_str().is_ok_and(ours))
        && authority.is_none_or(ours)
}

fn is_form(headers: &HeaderMap) -> bool {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let sent = types.next().and_then(|value| value.to_str().ok());
    let essence = sent.and_then(|sent| sent.split(';').next()).map(str::trim);
    types.next().is_none()
        && essence.is_some_and(|essence| {
            essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
}

//! The guard of an API: from the headers of a request to a [`Caller`], or a [`Refusal`].

mod caller;
mod refusal;

use std::sync::Arc;

use http::header::{AUTHORIZATION, HeaderMap};
use http::{Method, Uri};

use ciam_core::scope::ScopeError;
use ciam_core::token::{PresentedToken, TokenError, TokenVerifier};
use ciam_core::{Clock, Timestamp};

pub use self::caller::Caller;
pub use self::refusal::Refusal;
#[cfg(feature = "cedar")]
pub(crate) use self::refusal::is_acr_list;
use crate::engine::PolicyEngine;
use crate::scopes::ScopeMap;

/// Checks who calls an API, and what they may do. Cheap to clone.
///
/// It accepts bearer tokens in the `Authorization` header alone (RFC 6750
/// section 2.1), because tokens in queries end up in logs (RFC 9700 section 4.3.2).
#[derive(Clone)]
pub struct Guard {
    parts: Arc<Parts>,
}

#[derive(Clone)]
struct Parts {
    verifier: Arc<dyn TokenVerifier>,
    engine: Arc<dyn PolicyEngine>,
    clock: Arc<dyn Clock>,
    scopes: ScopeMap,
    realm: Option<String>,
}

impl Guard {
    /// A guard that takes tokens `verifier` accepts and lets `engine` decide.
    pub fn new(
        verifier: Arc<dyn TokenVerifier>,
        engine: Arc<dyn PolicyEngine>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            parts: Arc::new(Parts {
                verifier,
                engine,
                clock,
                scopes: ScopeMap::new(),
                realm: None,
            }),
        }
    }

    /// The same where `action` needs `scope`, after the policies have permitted it.
    ///
    /// # Errors
    /// When `scope` is not a scope.
    pub fn with_scope(self, action: &str, scope: &str) -> Result<Self, ScopeError> {
        let scope = scope.parse()?;
        Ok(self.with(|parts| parts.scopes.insert(action, scope)))
    }

    /// The same with these scopes in place of its own.
    #[must_use]
    pub fn with_scopes(self, scopes: ScopeMap) -> Self {
        self.with(|parts| parts.scopes = scopes)
    }

    /// The same with a `realm` in its challenges. Characters that a quoted string
    /// cannot hold are left out.
    #[must_use]
    pub fn with_realm(self, realm: &str) -> Self {
        let realm = refusal::quotable(realm);
        self.with(|parts| parts.realm = Some(realm))
    }

    /// Who sent the request with these headers. `uri` is the target as the client
    /// sent it, before any router has cut something off.
    ///
    /// # Errors
    /// The refusal to answer with: 401 without or with a bad token, 400 for a token
    /// in the query or a malformed header, 503 when it cannot be checked now.
    pub async fn authenticate(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Caller, Refusal> {
        self.principal_of(method, uri, headers)
            .await
            .map_err(|refusal| self.refuse(refusal))
    }

    async fn principal_of(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<Caller, Refusal> {
        if uri.query().is_some_and(has_access_token) {
            return Err(Refusal::malformed(
                "access tokens are not accepted in the query",
            ));
        }
        let token = bearer_token(headers)?;
        let shown = PresentedToken {
            token,
            method,
            uri,
            dpop: one(headers, "dpop")?,
            client_certificate: None,
        };
        match self.parts.verifier.verify(shown, self.now()).await {
            Ok(principal) => Ok(Caller::new(self.clone(), principal)),
            Err(TokenError::Invalid(cause)) => Err(Refusal::invalid_token(cause)),
            Err(cause) => Err(Refusal::unavailable(cause.into())),
        }
    }

    fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    fn engine(&self) -> &dyn PolicyEngine {
        &*self.parts.engine
    }

    fn scopes(&self) -> &ScopeMap {
        &self.parts.scopes
    }

    fn refuse(&self, refusal: Refusal) -> Refusal {
        refusal.with_realm(self.parts.realm.as_deref())
    }

    fn with(mut self, change: impl FnOnce(&mut Parts)) -> Self {
        change(Arc::make_mut(&mut self.parts));
        self
    }
}

impl AsRef<Self> for Guard {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard")
            .field("scopes", &self.parts.scopes)
            .field("realm", &self.parts.realm)
            .finish_non_exhaustive()
    }
}

/// The token of `Authorization: Bearer token`: exactly one header, the scheme in
/// any case (RFC 9110 section 11.1), a b64token (RFC 6750 section 2.1).
fn bearer_token(headers: &HeaderMap) -> Result<&str, Refusal> {
    let credentials = one(headers, AUTHORIZATION.as_str())?.ok_or_else(Refusal::no_token)?;
    let (scheme, rest) = credentials.split_once(' ').unwrap_or((credentials, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        // Another scheme is no bearer token: say which one is wanted.
        return Err(Refusal::no_token());
    }
    let token = rest.trim_matches(' ');
    if token.is_empty() || token.contains([' ', ',', '\t']) {
        return Err(Refusal::malformed(
            "one token is wanted after the scheme Bearer",
        ));
    }
    if !is_b64token(token) {
        return Err(Refusal::invalid_token("not a b64token".into()));
    }
    Ok(token)
}

/// The value of a header that may be there once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(Refusal::malformed("a header was sent twice"));
    }
    let text = value
        .to_str()
        .map_err(|_| Refusal::malformed("a header is not plain ASCII"))?;
    Ok(Some(text.trim_matches([' ', '\t'])))
}

/// `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`
fn is_b64token(token: &str) -> bool {
    let body = token.trim_end_matches('=');
    !body.is_empty()
        && body
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b))
}

/// Whether the query has a parameter `access_token`, however it is escaped.
fn has_access_token(query: &str) -> bool {
    query.split(['&', ';']).any(|pair| {
        let name = pair.split('=').next().unwrap_or(pair);
        unescaped(name).eq(*b"access_token")
    })
}

/// The bytes of a query name with `%XX` resolved.
fn unescaped(name: &str) -> impl Iterator<Item = u8> {
    let mut bytes = name.bytes();
    std::iter::from_fn(move || {
        let byte = bytes.next()?;
        if byte != b'%' {
            return Some(byte);
        }
        let mut ahead = bytes.clone();
        let mut digit = || char::from(ahead.next()?).to_digit(16);
        match (digit(), digit()) {
            (Some(high), Some(low)) => {
                bytes = ahead;
                u8::try_from(high * 16 + low).ok()
            }
            _ => Some(byte),
        }
    })
}

//! The provider: one value that answers every request of an issuer.

mod builder;
mod lifetimes;
pub(crate) mod path;
mod route;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ciam_broker::Broker;
use ciam_core::token::TokenIssuer;
use ciam_core::{Clock, ConnectionId, Entropy, Issuer, Stores, TenantId, Timestamp};
use ciam_policy::{Guard, PolicyEngine};
use ciam_tokens::AccessTokenVerifier;
use http::{Request, Response};

use crate::account::Accounts;
use crate::acr::AcrLevels;
use crate::audit::AnonymousEvents;
use crate::authenticator::Authenticator;
use crate::client_auth::ClientKeyCache;
use crate::keys::Keys;
use crate::page::{Brand, Pages};
use crate::peer::Peer;
use crate::settings::Settings;

pub use builder::{BuildError, Builder, Ready, WantsKeys, WantsStores};
pub use lifetimes::Lifetimes;

/// An OAuth 2.1 authorization server and OpenID provider for one issuer.
///
/// Cheap to clone. It is a function from request to response: an adapter for a
/// web framework reads the body (at most [`body_limit`](Self::body_limit) bytes),
/// passes the original URI and writes the response. There is an adapter for axum
/// and one for actix-web.
///
/// ```
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// use std::sync::Arc;
///
/// use ciam_core::{Issuer, RootKey, Stores, store::memory::MemoryStore};
/// use ciam_idp::{Keys, Peer, Provider};
///
/// let issuer: Issuer = "https://id.example.com".parse()?;
/// let stores = Stores::from_one(Arc::new(MemoryStore::new()));
/// let keys = Keys::open(&issuer, &stores, &RootKey::new([7; 32])).await?;
/// let provider = Provider::builder(issuer)
///     .with_stores(stores)
///     .with_keys(keys)
///     .build()?;
///
/// let request = http::Request::get("/.well-known/openid-configuration")
///     .header("host", "id.example.com")
///     .body(Default::default())?;
/// let response = provider.handle(request, Peer::default()).await;
/// assert_eq!(response.status(), 200);
/// # Ok(())
/// # }
/// # tokio::runtime::Runtime::new()?.block_on(example())?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Provider {
    inner: Arc<Inner>,
}

/// Everything the endpoints need. It never changes after it was built.
pub(crate) struct Inner {
    pub(crate) issuer: Issuer,
    pub(crate) tenant: TenantId,
    pub(crate) stores: Stores,
    pub(crate) keys: Keys,
    pub(crate) tokens: Arc<dyn TokenIssuer>,
    pub(crate) guard: Guard,
    pub(crate) policies: Arc<dyn PolicyEngine>,
    pub(crate) broker: Option<Broker>,
    pub(crate) authenticators: Vec<Arc<dyn Authenticator>>,
    pub(crate) pages: Pages,
    pub(crate) brand: Brand,
    pub(crate) lifetimes: Lifetimes,
    pub(crate) acr: AcrLevels,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) settings: Settings,
    pub(crate) anonymous: AnonymousEvents,
    pub(crate) client_keys: ClientKeyCache,
}

impl Provider {
    /// Starts to build a provider. A tenant is an issuer: two issuers are two providers.
    pub fn builder(issuer: Issuer) -> Builder<WantsStores> {
        Builder::new(issuer)
    }

    /// Answers a request, whatever it is: errors are answers too.
    ///
    /// The request must name the issuer's host in its `Host` header (or in the
    /// URI, as HTTP/2 does), and have its URI as the client sent it.
    ///
    /// Scripts of any site may read the metadata and the public keys. All else has no
    /// CORS headers yet, the token and userinfo endpoints neither: an application that
    /// runs in a browser alone calls those from its own server.
    pub async fn handle(&self, request: Request<Bytes>, peer: Peer) -> Response<Bytes> {
        route::answer(&self.inner, &request, &peer).await
    }

    /// The most bytes of a body that an adapter should read; beyond, it answers 413.
    pub const fn body_limit(&self) -> usize {
        route::BODY_LIMIT
    }

    /// Whose provider this is.
    pub fn issuer(&self) -> &Issuer {
        &self.inner.issuer
    }

    /// The tenant of the issuer.
    pub fn tenant(&self) -> &TenantId {
        &self.inner.tenant
    }

    /// Guards an API in this process: access tokens of this provider for `audience`,
    /// signed and not encrypted. An API with a key of its own to decrypt with, or in
    /// another process, builds its [`Guard`] from an `AccessTokenVerifier`.
    pub fn guard(&self, audience: &str) -> Guard {
        let inner = &self.inner;
        let verifier = AccessTokenVerifier::new(
            inner.issuer.as_str(),
            audience,
            Arc::clone(&inner.keys.ring) as _,
        );
        let (policies, clock) = (Arc::clone(&inner.policies), Arc::clone(&inner.clock));
        Guard::new(Arc::new(verifier), policies, clock)
    }

    /// The people of this provider.
    pub fn accounts(&self) -> Accounts {
        Accounts::new(Arc::clone(&self.inner))
    }

    /// Where everything is stored.
    pub fn stores(&self) -> &Stores {
        &self.inner.stores
    }

    /// Where the provider of this connection sends people back to: the redirect URI
    /// to register there, and nowhere else (RFC 9700 section 4.4.2.2).
    pub fn callback_url(&self, connection: &ConnectionId) -> String {
        path::callback(&self.inner.issuer, connection)
    }

    /// The public keys as a JWK Set document, as served at `jwks_uri`.
    pub fn public_jwks(&self) -> &str {
        self.inner.keys.ring.public_jwks()
    }

    /// Housekeeping that never ends, for the host to spawn: removes from the store
    /// what nobody can ask for any more, a thousand rows at a time.
    ///
    /// Needs a Tokio runtime with time enabled.
    pub fn maintenance(&self) -> impl Future<Output = ()> + Send + 'static {
        let inner = Arc::clone(&self.inner);
        async move {
            loop {
                // What could not be purged now is purged next time.
                let purged = inner.stores.state.purge(inner.now(), PURGE_ROWS).await;
                let more = purged.is_ok_and(|rows| rows >= u64::from(PURGE_ROWS));
                let pause = if more { PURGE_PAUSE } else { PURGE_INTERVAL };
                tokio::time::sleep(pause).await;
            }
        }
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider")
            .field("issuer", &self.inner.issuer)
            .finish_non_exhaustive()
    }
}

impl Inner {
    /// The present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

const PURGE_ROWS: u32 = 1_000;
const PURGE_PAUSE: Duration = Duration::from_millis(50);
const PURGE_INTERVAL: Duration = Duration::from_secs(60);

use std::sync::Arc;

use ciam_broker::{Broker, DocumentError, OidcConnector};
use ciam_core::http_client::HttpClient;
use ciam_core::{Clock, Entropy, Issuer, Stores, SystemClock, SystemEntropy, TenantId};
use ciam_policy::{DenyAll, Guard, PolicyEngine};
use ciam_tokens::{AccessTokenVerifier, KeyRingIssuer};

use super::{Inner, Lifetimes, Provider};
use crate::acr::AcrLevels;
use crate::audit::AnonymousEvents;
use crate::authenticator::{Authenticator, Password};
use crate::client_auth::ClientKeyCache;
use crate::keys::{Keys, RingClientKeys};
use crate::page::{Brand, PageError, Pages};
use crate::settings::Settings;

/// Builds a [`Provider`]. What is required is required by the type: stores first,
/// then keys; the rest has defaults.
#[must_use = "nothing is built until `build` is called"]
pub struct Builder<State> {
    issuer: Issuer,
    options: Options,
    state: State,
}

/// The builder has no stores yet.
#[derive(Debug)]
pub struct WantsStores(());

/// The builder has no keys yet.
#[derive(Debug)]
pub struct WantsKeys {
    stores: Stores,
}

/// The builder has what is required.
#[derive(Debug)]
pub struct Ready {
    stores: Stores,
    keys: Keys,
}

/// Why a provider could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The keys are of another issuer than the builder's.
    #[error("the keys belong to another issuer than `{0}`")]
    OtherIssuer(String),
    /// A lifetime is zero or longer than it may be.
    #[error("the lifetime `{0}` is zero or too long")]
    Lifetime(&'static str),
    /// The pages do not work.
    #[error("the pages cannot be set up")]
    Pages(#[from] PageError),
    /// The settings that are built in do not parse.
    #[error("the built-in settings cannot be read")]
    Settings(#[from] DocumentError),
}

struct Options {
    policies: Arc<dyn PolicyEngine>,
    http: Option<Arc<dyn HttpClient>>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    authenticators: Vec<Arc<dyn Authenticator>>,
    pages: Option<Pages>,
    brand: Option<Brand>,
    lifetimes: Lifetimes,
    acr: AcrLevels,
}

impl Builder<WantsStores> {
    pub(super) fn new(issuer: Issuer) -> Self {
        Self {
            issuer,
            options: Options {
                policies: Arc::new(DenyAll),
                http: None,
                clock: Arc::new(SystemClock),
                entropy: Arc::new(SystemEntropy),
                authenticators: Vec::new(),
                pages: None,
                brand: None,
                lifetimes: Lifetimes::default(),
                acr: AcrLevels::default(),
            },
            state: WantsStores(()),
        }
    }

    /// Where everything is stored.
    pub fn with_stores(self, stores: Stores) -> Builder<WantsKeys> {
        Builder {
            issuer: self.issuer,
            options: self.options,
            state: WantsKeys { stores },
        }
    }
}

impl Builder<WantsKeys> {
    /// The provider's keys, of the same issuer.
    pub fn with_keys(self, keys: Keys) -> Builder<Ready> {
        Builder {
            issuer: self.issuer,
            options: self.options,
            state: Ready {
                stores: self.state.stores,
                keys,
            },
        }
    }
}

impl Builder<Ready> {
    /// Who may sign in and get which scopes. Without this nobody may do anything.
    pub fn with_policies(mut self, policies: Arc<dyn PolicyEngine>) -> Self {
        self.options.policies = policies;
        self
    }

    /// How other providers are reached; enables brokered sign-in.
    pub fn with_http_client(mut self, http: Arc<dyn HttpClient>) -> Self {
        self.options.http = Some(http);
        self
    }

    /// Another clock than the system's.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.options.clock = clock;
        self
    }

    /// Another source of randomness than the system's.
    pub fn with_entropy(mut self, entropy: Arc<dyn Entropy>) -> Self {
        self.options.entropy = entropy;
        self
    }

    /// A local sign-in method; the first call replaces the default, which is
    /// [`Password`], and further calls add to it.
    pub fn with_authenticator(mut self, authenticator: Arc<dyn Authenticator>) -> Self {
        self.options.authenticators.push(authenticator);
        self
    }

    /// Other pages than those that come with the crate.
    pub fn with_pages(mut self, pages: Pages) -> Self {
        self.options.pages = Some(pages);
        self
    }

    /// Whose pages they are; the issuer's host without this.
    pub fn with_brand(mut self, brand: Brand) -> Self {
        self.options.brand = Some(brand);
        self
    }

    /// How long things live.
    pub fn with_lifetimes(mut self, lifetimes: Lifetimes) -> Self {
        self.options.lifetimes = lifetimes;
        self
    }

    /// The authentication levels, ordered.
    pub fn with_acr_levels(mut self, acr: AcrLevels) -> Self {
        self.options.acr = acr;
        self
    }

    /// The provider.
    ///
    /// # Errors
    /// [`BuildError`] when what was set does not fit together.
    pub fn build(self) -> Result<Provider, BuildError> {
        let options = self.options;
        let Ready { stores, keys } = self.state;
        let tenant = TenantId::of(&self.issuer);
        if *keys.ring.tenant() != tenant {
            return Err(BuildError::OtherIssuer(self.issuer.to_string()));
        }
        if let Some(name) = options.lifetimes.fault() {
            return Err(BuildError::Lifetime(name));
        }
        let mut authenticators = options.authenticators;
        if authenticators.is_empty() {
            authenticators.push(Arc::new(Password::new()));
        }
        let verifier = AccessTokenVerifier::new(
            self.issuer.as_str(),
            self.issuer.as_str(),
            Arc::clone(&keys.ring) as _,
        );
        let guard = Guard::new(
            Arc::new(verifier),
            Arc::clone(&options.policies),
            Arc::clone(&options.clock),
        );
        let inner = Inner {
            tenant,
            tokens: Arc::new(KeyRingIssuer::new(Arc::clone(&keys.ring))),
            guard,
            broker: options
                .http
                .map(|http| broker(http, &keys, Arc::clone(&options.entropy))),
            policies: options.policies,
            authenticators,
            pages: match options.pages {
                Some(pages) => pages,
                None => Pages::new()?,
            },
            brand: options
                .brand
                .unwrap_or_else(|| Brand::new(self.issuer.authority())),
            lifetimes: options.lifetimes,
            acr: options.acr,
            clock: options.clock,
            settings: Settings::new(&stores, &keys, Arc::clone(&options.entropy))?,
            entropy: options.entropy,
            anonymous: AnonymousEvents::default(),
            client_keys: ClientKeyCache::default(),
            issuer: self.issuer,
            stores,
            keys,
        };
        Ok(Provider {
            inner: Arc::new(inner),
        })
    }
}

impl<State> std::fmt::Debug for Builder<State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

fn broker(http: Arc<dyn HttpClient>, keys: &Keys, entropy: Arc<dyn Entropy>) -> Broker {
    let client_keys = RingClientKeys(Arc::clone(&keys.ring));
    let oidc = OidcConnector::new(http, Arc::new(client_keys), entropy);
    Broker::new().with_connector(Arc::new(oidc))
}

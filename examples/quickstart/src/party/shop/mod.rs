//! The shop: a web client of the provider and of the orders API.

mod api;
mod login;
mod orders;
mod pages;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};

use self::api::Api;
use self::login::Pending;
use crate::config::Config;
use crate::keys::ClientKey;
use crate::listen::Urls;
use crate::relying_party::{RelyingParty, Tokens};
use crate::site::{self, Sessions, Site};

/// What the shop asks for.
pub(crate) const SCOPES: &str = "openid profile orders:read orders:write";

/// The shop's parts.
#[derive(Debug)]
pub(crate) struct Shop {
    site: Site,
    sessions: Sessions<Session>,
    provider: RelyingParty,
    api: Api,
    /// What the home page tells to try.
    hints: Hints,
}

/// What one browser has going on.
#[derive(Debug, Clone, Default)]
struct Session {
    /// A login under way.
    pending: Option<Pending>,
    /// Who is signed in.
    tokens: Option<Tokens>,
}

/// What the home page needs to know of the others.
#[derive(Debug)]
struct Hints {
    urls: Urls,
    config: Config,
    /// How a second process is started that finds this demo.
    command: String,
}

impl Shop {
    pub(crate) fn new(
        urls: &Urls,
        config: &Config,
        command: String,
        key: ClientKey,
        http: reqwest::Client,
    ) -> Self {
        Self {
            site: Site {
                url: urls.shop.clone(),
                name: config.names.shop.clone(),
                form_target: urls.provider.clone(),
            },
            sessions: Sessions::new("shop", &urls.shop),
            provider: RelyingParty::new(&urls.provider, redirect_uri(urls), key, http.clone()),
            api: Api::new(&urls.orders, http),
            hints: Hints {
                urls: urls.clone(),
                config: config.clone(),
                command,
            },
        }
    }

    pub(crate) fn router(self) -> Router {
        let authority = site::authority(&self.site.url);
        Router::new()
            .route("/", get(home))
            .route("/login", get(login::begin))
            .route("/confirm", post(login::confirm))
            .route("/callback", get(login::callback))
            .route("/sign-out", post(login::sign_out))
            .route("/orders", get(orders::list).post(orders::place))
            .route("/style.css", get(site::style))
            .with_state(Arc::new(self))
            .layer(axum::middleware::from_fn_with_state(
                authority,
                site::own_host,
            ))
    }

    /// A page, with what fits a browser that is or is not signed in.
    fn page(&self, status: StatusCode, title: &str, session: &Session, main: &str) -> Response {
        let nav = pages::nav(session.tokens.as_ref());
        self.site.page(status, title, &nav, main)
    }
}

/// The shop's registered redirect URI.
pub(crate) fn redirect_uri(urls: &Urls) -> String {
    format!("{}/callback", urls.shop)
}

async fn home(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let session = shop.sessions.load(&headers);
    let main = match &session.tokens {
        Some(tokens) => pages::signed_in(tokens, &shop.hints),
        None => pages::welcome(&shop.hints),
    };
    shop.page(StatusCode::OK, "Home", &session, &main)
}

//! The partner application: a client that is not ours. People are asked for
//! consent, and the access policy grants less than it asks for.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;

use crate::config::Config;
use crate::keys::ClientKey;
use crate::listen::Urls;
use crate::relying_party::{Callback, Login, RelyingParty, RelyingPartyError, Tokens};
use crate::site::{self, Sessions, Site, escape, see_other};

/// What it asks for.
pub(crate) const SCOPES: &str = "openid profile orders:read orders:write";

#[derive(Debug)]
pub(crate) struct Partner {
    site: Site,
    sessions: Sessions<Session>,
    provider: RelyingParty,
}

#[derive(Debug, Clone, Default)]
struct Session {
    pending: Option<Login>,
    tokens: Option<Tokens>,
}

impl Partner {
    pub(crate) fn new(urls: &Urls, config: &Config, key: ClientKey, http: reqwest::Client) -> Self {
        Self {
            site: Site {
                url: urls.partner.clone(),
                name: config.names.partner.clone(),
                form_target: String::new(),
            },
            sessions: Sessions::new("partner", &urls.partner),
            provider: RelyingParty::new(&urls.provider, redirect_uri(urls), key, http),
        }
    }

    pub(crate) fn router(self) -> Router {
        let authority = site::authority(&self.site.url);
        Router::new()
            .route("/", get(home))
            .route("/login", get(login))
            .route("/callback", get(callback))
            .route("/style.css", get(site::style))
            .with_state(Arc::new(self))
            .layer(axum::middleware::from_fn_with_state(
                authority,
                site::own_host,
            ))
    }

    fn failed(&self, error: &RelyingPartyError) -> Response {
        let main = format!(
            "<section><h1>No access</h1><p class=\"bad\" id=\"error\">{}</p>\
             <p><a href=\"/\">Back</a></p></section>",
            escape(&error.to_string())
        );
        self.site
            .page(StatusCode::FORBIDDEN, "No access", "", &main)
    }
}

/// The partner's registered redirect URI.
pub(crate) fn redirect_uri(urls: &Urls) -> String {
    format!("{}/callback", urls.partner)
}

async fn home(State(partner): State<Arc<Partner>>, headers: HeaderMap) -> Response {
    let main = match partner.sessions.load(&headers).tokens {
        None => format!(
            "<section><h1>Watch prices</h1><p>This application belongs to somebody else. \
             It would like to read your orders, and to order for you.</p>\
             <p><a class=\"button primary\" id=\"connect\" href=\"/login\">Connect</a></p>\
             <p class=\"muted\">It asks for <code>{SCOPES}</code>.</p></section>"
        ),
        Some(tokens) => format!(
            "<section><h1>Connected</h1><dl><dt>Asked for</dt><dd><code>{SCOPES}</code></dd>\
             <dt>Granted</dt><dd><code id=\"scopes\">{}</code></dd></dl>\
             <p>The access policy lets a partner read, whatever it asks for.</p></section>",
            escape(&tokens.scopes)
        ),
    };
    partner.site.page(StatusCode::OK, "Home", "", &main)
}

async fn login(State(partner): State<Arc<Partner>>, headers: HeaderMap) -> Response {
    match partner.provider.begin(SCOPES, None, None).await {
        Ok(login) => {
            let mut response = see_other(login.url.as_str());
            let session = Session {
                pending: Some(login),
                tokens: None,
            };
            partner.sessions.renew(&headers, session, &mut response);
            response
        }
        Err(error) => partner.failed(&error),
    }
}

async fn callback(
    State(partner): State<Arc<Partner>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Response {
    let Some(login) = partner.sessions.load(&headers).pending else {
        return partner.failed(&RelyingPartyError::Callback(
            "no login is under way in this browser",
        ));
    };
    // One login, one answer.
    partner
        .sessions
        .update(&headers, |session| session.pending = None);
    match partner.provider.finish(&login, callback).await {
        Ok(tokens) => {
            let mut response = see_other("/");
            let session = Session {
                pending: None,
                tokens: Some(tokens),
            };
            partner.sessions.renew(&headers, session, &mut response);
            response
        }
        Err(error) => partner.failed(&error),
    }
}

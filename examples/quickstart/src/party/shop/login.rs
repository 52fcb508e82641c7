//! Signing in, stepping up, and signing out.

use std::sync::Arc;

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{SCOPES, Session, Shop, orders, pages};
use crate::relying_party::{Callback, Login, RelyingPartyError, Tokens};
use crate::site::see_other;

/// A login under way.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    login: Login,
    /// Who steps up: nobody else may come back.
    subject: Option<String>,
    /// The order that this login confirms, in cents. Another login, and whoever
    /// gives this one up, leaves it unplaced.
    order: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Begin {
    /// A level of assurance to ask for.
    acr: Option<String>,
}

/// Sends the browser to the provider.
pub(super) async fn begin(
    State(shop): State<Arc<Shop>>,
    Query(query): Query<Begin>,
    headers: HeaderMap,
) -> Response {
    let session = shop.sessions.load(&headers);
    send(&shop, &headers, session, query.acr.as_deref(), None).await
}

/// What the page sends that asks to confirm an order.
#[derive(Debug, Deserialize)]
pub(super) struct Confirmation {
    /// In cents.
    total: i64,
    /// The level of assurance that the API wants.
    acr: String,
}

/// Somebody signed in confirms an order by a stronger sign-in, which places it.
pub(super) async fn confirm(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    Form(order): Form<Confirmation>,
) -> Response {
    if !shop.site.posted_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let session = shop.sessions.load(&headers);
    if session.tokens.is_none() {
        return see_other("/login");
    }
    send(
        &shop,
        &headers,
        session,
        Some(&order.acr),
        Some(order.total),
    )
    .await
}

async fn send(
    shop: &Shop,
    headers: &HeaderMap,
    mut session: Session,
    acr: Option<&str>,
    order: Option<i64>,
) -> Response {
    let hint = session
        .tokens
        .as_ref()
        .map(|tokens| tokens.id_token.clone());
    let begun = shop.provider.begin(SCOPES, acr, hint.as_deref()).await;
    let login = match begun {
        Ok(login) => login,
        Err(error) => return failed(shop, &session, &error),
    };
    let mut response = see_other(login.url.as_str());
    session.pending = Some(Pending {
        login,
        subject: session
            .tokens
            .as_ref()
            .and_then(|tokens| tokens.text("sub").map(str::to_owned)),
        order,
    });
    shop.sessions.renew(headers, session, &mut response);
    response
}

/// The browser comes back.
pub(super) async fn callback(
    State(shop): State<Arc<Shop>>,
    Query(callback): Query<Callback>,
    headers: HeaderMap,
) -> Response {
    let mut session = shop.sessions.load(&headers);
    // One login, one answer.
    let Some(pending) = session.pending.take() else {
        let error = RelyingPartyError::Callback("no login is under way in this browser");
        return failed(&shop, &session, &error);
    };
    shop.sessions
        .update(&headers, |session| session.pending = None);
    let tokens = match shop.provider.finish(&pending.login, callback).await {
        Ok(tokens) if is_expected(&tokens, pending.subject.as_deref()) => tokens,
        Ok(_) => {
            let error = RelyingPartyError::Callback("somebody else came back");
            return failed(&shop, &session, &error);
        }
        Err(error) => return failed(&shop, &session, &error),
    };
    session.tokens = Some(tokens);
    let mut response = match pending.order {
        Some(total) => orders::order(&shop, &mut session, total).await,
        None => see_other("/"),
    };
    shop.sessions.renew(&headers, session, &mut response);
    response
}

/// Ends the shop's session and sends the browser to the provider to end that one.
pub(super) async fn sign_out(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    if !shop.site.posted_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let session = shop.sessions.load(&headers);
    let home = format!("{}/", shop.site.url);
    let mut response = match &session.tokens {
        None => see_other(&home),
        Some(tokens) => match shop.provider.sign_out_url(&tokens.id_token, &home).await {
            Ok(url) => see_other(url.as_str()),
            Err(error) => failed(&shop, &session, &error),
        },
    };
    shop.sessions.end(&headers, &mut response);
    response
}

fn is_expected(tokens: &Tokens, subject: Option<&str>) -> bool {
    subject.is_none() || tokens.text("sub") == subject
}

fn failed(shop: &Shop, session: &Session, error: &RelyingPartyError) -> Response {
    let status = match error {
        RelyingPartyError::Unusable(_) => StatusCode::BAD_GATEWAY,
        _ => StatusCode::FORBIDDEN,
    };
    shop.page(
        status,
        "Not signed in",
        session,
        &pages::not_signed_in(session.tokens.as_ref(), error),
    )
}

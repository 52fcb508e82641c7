//! Orders: listing and placing them.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::{Answer, Order};
use super::{Session, Shop, pages};
use crate::site::see_other;

/// The orders of whoever is signed in.
pub(super) async fn list(State(shop): State<Arc<Shop>>, headers: HeaderMap) -> Response {
    let mut session = shop.sessions.load(&headers);
    if session.tokens.is_none() {
        return see_other("/login");
    }
    let answer = call(&shop, &mut session, Method::GET, None).await;
    shop.sessions
        .update(&headers, |kept| kept.clone_from(&session));
    match answer {
        Ok(answer) if answer.status == StatusCode::OK => {
            let orders: Vec<Order> = answer
                .body
                .get("orders")
                .and_then(|orders| Vec::deserialize(orders).ok())
                .unwrap_or_default();
            shop.page(StatusCode::OK, "Orders", &session, &pages::orders(&orders))
        }
        other => refused(&shop, &session, other),
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Basket {
    /// In cents.
    total: i64,
}

/// Places an order.
pub(super) async fn place(
    State(shop): State<Arc<Shop>>,
    headers: HeaderMap,
    Form(basket): Form<Basket>,
) -> Response {
    if !shop.site.posted_here(&headers) {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut session = shop.sessions.load(&headers);
    if session.tokens.is_none() {
        return see_other("/login");
    }
    let response = order(&shop, &mut session, basket.total).await;
    shop.sessions.update(&headers, |kept| *kept = session);
    response
}

/// Places an order of somebody signed in, or shows the page that asks to confirm it
/// by a stronger sign-in.
pub(super) async fn order(shop: &Shop, session: &mut Session, total: i64) -> Response {
    let body = json!({ "total_cents": total });
    match call(shop, session, Method::POST, Some(body)).await {
        Ok(answer) if answer.status == StatusCode::CREATED => see_other("/orders"),
        Ok(answer) if answer.wanted_acr().is_some() => {
            let page = pages::confirm(total, &answer);
            shop.page(StatusCode::FORBIDDEN, "Confirm it is you", session, &page)
        }
        other => refused(shop, session, other),
    }
}

/// Calls `/orders`. An access token that has run out is replaced once.
async fn call(
    shop: &Shop,
    session: &mut Session,
    method: Method,
    body: Option<Value>,
) -> Result<Answer, String> {
    let mut fresh = false;
    loop {
        let Some(tokens) = &session.tokens else {
            return Err("nobody is signed in".into());
        };
        let answer = shop
            .api
            .call(
                method.clone(),
                "/orders",
                &tokens.access_token,
                body.clone(),
            )
            .await?;
        if fresh || !answer.is_invalid_token() || tokens.refresh_token.is_none() {
            return Ok(answer);
        }
        match shop.provider.refresh(tokens).await {
            Ok(tokens) => session.tokens = Some(tokens),
            // Signed out at the provider: that ends the shop's session too, with
            // whatever was under way in it.
            Err(error) if error.code() == Some("invalid_grant") => {
                (session.tokens, session.pending) = (None, None);
                return Ok(answer);
            }
            Err(error) => return Err(error.to_string()),
        }
        fresh = true;
    }
}

fn refused(shop: &Shop, session: &Session, answer: Result<Answer, String>) -> Response {
    match answer {
        Ok(_) if session.tokens.is_none() => see_other("/"),
        Ok(answer) => {
            let page = pages::refused(&answer);
            shop.page(StatusCode::FORBIDDEN, "Not allowed", session, &page)
        }
        Err(problem) => {
            let page = pages::unreachable(&problem);
            shop.page(StatusCode::BAD_GATEWAY, "Not now", session, &page)
        }
    }
}

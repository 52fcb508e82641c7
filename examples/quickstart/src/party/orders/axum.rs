//! The orders API on axum.

use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Router, middleware};
use ciam::axum::{Caller, Rejection, bearer_auth};
use serde_json::{Value, json};

use super::{NewOrder, Orders, stock};
use crate::site;

/// The API's routes, each behind the guard.
pub(crate) fn router(orders: Orders) -> Router {
    let auth = bearer_auth(orders.guard());
    let authority = site::authority(&orders.audience);
    Router::new()
        .route("/orders", get(list_orders).post(create_order))
        .route("/orders/stock", get(read_stock))
        .route("/orders/{number}", get(read_order))
        .route_layer(auth)
        .with_state(orders)
        .layer(middleware::from_fn_with_state(authority, site::own_host))
}

async fn list_orders(
    caller: Caller,
    State(orders): State<Orders>,
) -> Result<Json<Value>, Rejection> {
    caller.authorize("list", &orders.itself()).await?;
    Ok(Json(
        json!({ "orders": orders.of(&caller.principal().subject) }),
    ))
}

async fn read_order(
    caller: Caller,
    State(orders): State<Orders>,
    Path(number): Path<u64>,
) -> Result<Response, Rejection> {
    let order = orders.find(number);
    let asked = order.clone().unwrap_or_else(|| Orders::missing(number));
    caller.authorize("read", &asked).await?;
    Ok(match order {
        Some(order) => Json(order).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    })
}

async fn create_order(
    caller: Caller,
    State(orders): State<Orders>,
    Json(new): Json<NewOrder>,
) -> Result<Response, Rejection> {
    let subject = &caller.principal().subject;
    caller.authorize("create", &new.draft(subject)).await?;
    if !new.is_sensible() {
        return Ok(StatusCode::UNPROCESSABLE_ENTITY.into_response());
    }
    let order = orders.add(subject, new.total_cents);
    Ok((StatusCode::CREATED, Json(order)).into_response())
}

async fn read_stock(
    caller: Caller,
    State(orders): State<Orders>,
) -> Result<Json<Value>, Rejection> {
    caller.authorize("read_stock", &orders.itself()).await?;
    Ok(Json(stock()))
}

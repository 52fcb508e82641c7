//! The orders API on actix-web: the same handlers as on axum, under the same names.

use std::net::TcpListener;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::HOST;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{Data, Json, Path};
use actix_web::{App, Error, HttpResponse, HttpServer, web};
use ciam::actix::{Caller, Rejection, bearer_auth};
use serde_json::{Value, json};

use super::{NewOrder, Orders, stock};
use crate::site;

/// A server of the API's routes, each behind the guard. It runs when it is awaited.
pub(crate) fn server(listener: TcpListener, orders: Orders) -> std::io::Result<Server> {
    let app = move || {
        let auth = || bearer_auth(orders.guard());
        App::new()
            .app_data(Data::new(orders.clone()))
            .wrap(from_fn(own_host))
            .service(
                web::resource("/orders")
                    .wrap(auth())
                    .get(list_orders)
                    .post(create_order),
            )
            .service(web::resource("/orders/stock").wrap(auth()).get(read_stock))
            .service(
                web::resource("/orders/{number}")
                    .wrap(auth())
                    .get(read_order),
            )
    };
    let server = HttpServer::new(app)
        .workers(1)
        .shutdown_timeout(2)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

async fn list_orders(caller: Caller, orders: Data<Orders>) -> Result<Json<Value>, Rejection> {
    caller.authorize("list", &orders.itself()).await?;
    Ok(Json(
        json!({ "orders": orders.of(&caller.principal().subject) }),
    ))
}

async fn read_order(
    caller: Caller,
    orders: Data<Orders>,
    number: Path<u64>,
) -> Result<HttpResponse, Rejection> {
    let order = orders.find(*number);
    let asked = order.clone().unwrap_or_else(|| Orders::missing(*number));
    caller.authorize("read", &asked).await?;
    Ok(match order {
        Some(order) => HttpResponse::Ok().json(order),
        None => HttpResponse::NotFound().finish(),
    })
}

async fn create_order(
    caller: Caller,
    orders: Data<Orders>,
    new: Json<NewOrder>,
) -> Result<HttpResponse, Rejection> {
    let subject = &caller.principal().subject;
    caller.authorize("create", &new.draft(subject)).await?;
    if !new.is_sensible() {
        return Ok(HttpResponse::UnprocessableEntity().finish());
    }
    Ok(HttpResponse::Created().json(orders.add(subject, new.total_cents)))
}

async fn read_stock(caller: Caller, orders: Data<Orders>) -> Result<Json<Value>, Rejection> {
    caller.authorize("read_stock", &orders.itself()).await?;
    Ok(Json(stock()))
}

/// As [`site::own_host`].
async fn own_host<B: MessageBody + 'static>(
    orders: Data<Orders>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let authority = site::authority(&orders.audience);
    let mut hosts = request.headers().get_all(HOST);
    let fits = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.as_bytes() == authority.as_bytes(),
        _ => false,
    };
    if fits {
        return next
            .call(request)
            .await
            .map(ServiceResponse::map_into_left_body);
    }
    let refusal = HttpResponse::build(StatusCode::MISDIRECTED_REQUEST)
        .body(format!("This demo answers on http://{authority} alone.\n"));
    Ok(request.into_response(refusal).map_into_right_body())
}

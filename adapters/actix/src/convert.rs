//! Between the `http` 0.2 of actix-web and the `http` 1 of everybody else.

use actix_web::HttpResponse;
use actix_web::dev::RequestHead;
use actix_web::http::StatusCode;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};

use ciam_policy::Refusal;

/// Method, target and headers of a request. Both sides know the same ones, so a
/// failure means that the versions have grown apart; it is then refused.
pub(crate) fn request(head: &RequestHead) -> Result<Request<()>, Refusal> {
    let unreadable = || Refusal::malformed("the request cannot be read");
    let mut request = Request::new(());
    *request.method_mut() =
        Method::from_bytes(head.method.as_str().as_bytes()).map_err(|_| unreadable())?;
    *request.uri_mut() = Uri::try_from(head.uri.to_string()).map_err(|_| unreadable())?;
    for (name, value) in head.headers() {
        let name = HeaderName::from_bytes(name.as_str().as_bytes()).map_err(|_| unreadable())?;
        let value = HeaderValue::from_bytes(value.as_bytes()).map_err(|_| unreadable())?;
        request.headers_mut().append(name, value);
    }
    Ok(request)
}

/// A whole answer.
pub(crate) fn response(response: Response<Bytes>) -> HttpResponse {
    let (parts, body) = response.into_parts();
    let status =
        StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut builder = HttpResponse::build(status);
    for (name, value) in &parts.headers {
        builder.append_header((name.as_str(), value.as_bytes()));
    }
    builder.body(body)
}

//! The middleware that finds out who calls.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready};
use actix_web::{Error, HttpMessage, ResponseError};

use ciam_policy::{Caller, Guard, Refusal};

use crate::convert;
use crate::rejection::Rejection;

/// Guards resources or a scope with `guard`: only requests with a good bearer token
/// pass, and their handlers find a [`Caller`](crate::Caller).
///
/// Put it on with `wrap`. Middleware for CORS goes outside of it, because preflight
/// requests carry no token.
pub fn bearer_auth(guard: &impl AsRef<Guard>) -> BearerAuth {
    BearerAuth {
        guard: guard.as_ref().clone(),
        scopes: Arc::default(),
    }
}

/// The middleware of [`bearer_auth`].
#[derive(Clone, Debug)]
pub struct BearerAuth {
    guard: Guard,
    scopes: Arc<[String]>,
}

impl BearerAuth {
    /// Demands a scope for all these routes up front, besides those demanded
    /// before. Without it the answer is 403 `insufficient_scope`. A text that is
    /// not a scope lets nobody in.
    #[must_use]
    pub fn require_scope(mut self, scope: impl Into<String>) -> Self {
        self.scopes = self.scopes.iter().cloned().chain([scope.into()]).collect();
        self
    }

    async fn caller(&self, request: http::Request<()>) -> Result<Caller, Refusal> {
        let caller = self
            .guard
            .authenticate(request.method(), request.uri(), request.headers())
            .await?;
        for scope in self.scopes.iter() {
            caller.require_scope(scope)?;
        }
        Ok(caller)
    }
}

impl<S, B> Transform<S, ServiceRequest> for BearerAuth
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = BearerAuthService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(BearerAuthService {
            auth: self.clone(),
            inner: Rc::new(service),
        }))
    }
}

/// A service behind [`bearer_auth`].
#[derive(Clone, Debug)]
pub struct BearerAuthService<S> {
    auth: BearerAuth,
    inner: Rc<S>,
}

impl<S, B> Service<ServiceRequest> for BearerAuthService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Error>>>>;

    forward_ready!(inner);

    fn call(&self, request: ServiceRequest) -> Self::Future {
        let inner = Rc::clone(&self.inner);
        let auth = self.auth.clone();
        Box::pin(async move {
            let caller = match convert::request(request.request().head()) {
                Ok(head) => auth.caller(head).await,
                Err(refusal) => Err(refusal),
            };
            match caller {
                Ok(caller) => {
                    request.extensions_mut().insert(caller);
                    let response = inner.call(request).await?;
                    Ok(response.map_into_left_body())
                }
                Err(refusal) => {
                    let response = Rejection::from(refusal).error_response();
                    Ok(request.into_response(response).map_into_right_body())
                }
            }
        })
    }
}

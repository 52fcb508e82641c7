//! The layer that finds out who calls.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::{OriginalUri, Request};
use axum::response::{IntoResponse, Response};
use tower::{Layer, Service};

use ciam_policy::{Caller, Guard, Refusal};

use crate::rejection::Rejection;

/// Guards routes with `guard`: only requests with a good bearer token pass, and
/// their handlers find a [`Caller`](crate::Caller).
///
/// Put it on with `Router::route_layer`. A layer for CORS goes outside of it,
/// because preflight requests carry no token.
pub fn bearer_auth(guard: &impl AsRef<Guard>) -> BearerAuth {
    BearerAuth {
        guard: guard.as_ref().clone(),
        scopes: Arc::default(),
    }
}

/// The layer of [`bearer_auth`].
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

    async fn caller(&self, request: &http::request::Parts) -> Result<Caller, Refusal> {
        let uri = request
            .extensions
            .get::<OriginalUri>()
            .map_or(&request.uri, |OriginalUri(uri)| uri);
        let caller = self
            .guard
            .authenticate(&request.method, uri, &request.headers)
            .await?;
        for scope in self.scopes.iter() {
            caller.require_scope(scope)?;
        }
        Ok(caller)
    }
}

impl<S> Layer<S> for BearerAuth {
    type Service = BearerAuthService<S>;

    fn layer(&self, inner: S) -> Self::Service {
        BearerAuthService {
            auth: self.clone(),
            inner,
        }
    }
}

/// A service behind [`bearer_auth`].
#[derive(Clone, Debug)]
pub struct BearerAuthService<S> {
    auth: BearerAuth,
    inner: S,
}

impl<S> Service<Request> for BearerAuthService<S>
where
    S: Service<Request, Response = Response> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that was polled ready is used, a fresh clone stays behind.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let auth = self.auth.clone();
        Box::pin(async move {
            let (mut parts, body): (_, Body) = request.into_parts();
            match auth.caller(&parts).await {
                Ok(caller) => {
                    parts.extensions.insert(caller);
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(refusal) => Ok(Rejection::from(refusal).into_response()),
            }
        })
    }
}

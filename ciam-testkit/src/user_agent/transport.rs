use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

/// Carries requests to servers: a router in this process, or a socket.
///
/// The request has an absolute URI and a `Host` header. The future need not be
/// [`Send`], because the services of some frameworks are not.
#[async_trait(?Send)]
pub trait Transport {
    /// Sends a request and reads the whole answer. Redirects are not followed.
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes>;
}

#[async_trait(?Send)]
impl<T: Transport + ?Sized> Transport for Rc<T> {
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        (**self).send(request).await
    }
}

#[async_trait(?Send)]
impl<T: Transport + ?Sized> Transport for Arc<T> {
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        (**self).send(request).await
    }
}

#[async_trait(?Send)]
impl<T: Transport + ?Sized> Transport for &T {
    async fn send(&self, request: Request<Bytes>) -> Response<Bytes> {
        (**self).send(request).await
    }
}

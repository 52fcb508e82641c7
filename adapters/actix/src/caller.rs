//! The caller as an extractor.

use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

use ciam_policy::Refusal;

use crate::rejection::Rejection;

/// Who calls, for handlers behind [`bearer_auth`](crate::bearer_auth); all of
/// [`ciam_policy::Caller`] is reached through it.
///
/// A handler that wants one on a route without the middleware answers 500 and says
/// so: it never runs without a verified caller.
#[derive(Clone, Debug)]
pub struct Caller(ciam_policy::Caller);

impl Deref for Caller {
    type Target = ciam_policy::Caller;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl FromRequest for Caller {
    type Error = Rejection;
    type Future = Ready<Result<Self, Rejection>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<ciam_policy::Caller>().cloned();
        ready(caller.map(Self).ok_or_else(|| Refusal::unguarded().into()))
    }
}

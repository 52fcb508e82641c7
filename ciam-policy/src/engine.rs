//! The port of policy engines.

use crate::decision::Decision;
use crate::request::PolicyRequest;

/// Answers questions. Synchronous and without I/O: what policies read is gathered before.
///
/// An implementation denies by default, lets a denial win over a permit, and
/// denies when anything cannot be evaluated.
pub trait PolicyEngine: Send + Sync + 'static {
    /// Decides one request.
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision;
}

impl<E: PolicyEngine + ?Sized> PolicyEngine for std::sync::Arc<E> {
    fn decide(&self, request: &PolicyRequest<'_>) -> Decision {
        (**self).decide(request)
    }
}

/// Denies everything: what an application has until it has policies.
#[derive(Clone, Copy, Debug, Default)]
pub struct DenyAll;

impl PolicyEngine for DenyAll {
    fn decide(&self, _request: &PolicyRequest<'_>) -> Decision {
        Decision::deny(Vec::new())
    }
}

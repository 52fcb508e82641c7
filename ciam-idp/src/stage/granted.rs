use ciam_core::Scopes;

use super::AuthenticatedRequest;

/// An authenticated request that the access policy permits, with the scopes it left.
#[derive(Clone, Debug)]
pub(crate) struct GrantedRequest {
    pub(crate) authenticated: AuthenticatedRequest,
    pub(crate) scopes: Scopes,
}

impl GrantedRequest {
    /// Made by [`crate::access`] alone, after the policy said yes.
    pub(crate) const fn new(authenticated: AuthenticatedRequest, scopes: Scopes) -> Self {
        Self {
            authenticated,
            scopes,
        }
    }
}

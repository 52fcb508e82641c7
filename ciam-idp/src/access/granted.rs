use ciam_core::Scopes;

use crate::stage::AuthenticatedRequest;

/// An authenticated request that the access policy permits, with the scopes it left.
#[derive(Clone, Debug)]
pub(crate) struct GrantedRequest {
    authenticated: AuthenticatedRequest,
    scopes: Scopes,
}

impl GrantedRequest {
    /// After the policy said yes.
    pub(super) const fn new(authenticated: AuthenticatedRequest, scopes: Scopes) -> Self {
        Self {
            authenticated,
            scopes,
        }
    }

    pub(crate) const fn authenticated(&self) -> &AuthenticatedRequest {
        &self.authenticated
    }

    pub(crate) const fn scopes(&self) -> &Scopes {
        &self.scopes
    }
}

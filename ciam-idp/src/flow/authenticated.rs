use ciam_core::account::Account;
use ciam_core::attribute::Profile;
use ciam_core::session::Session;

use crate::stage::ValidatedRequest;

/// A validated request of a person who is signed in well enough for it.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticatedRequest {
    validated: ValidatedRequest,
    session: Session,
    account: Account,
    profile: Profile,
}

impl AuthenticatedRequest {
    /// After [`crate::interaction`] said that no prompt to sign in is due.
    pub(super) const fn new(
        validated: ValidatedRequest,
        session: Session,
        account: Account,
        profile: Profile,
    ) -> Self {
        Self {
            validated,
            session,
            account,
            profile,
        }
    }

    pub(crate) const fn validated(&self) -> &ValidatedRequest {
        &self.validated
    }

    pub(crate) const fn session(&self) -> &Session {
        &self.session
    }

    pub(crate) const fn account(&self) -> &Account {
        &self.account
    }

    pub(crate) const fn profile(&self) -> &Profile {
        &self.profile
    }
}

use ciam_core::account::Account;
use ciam_core::attribute::Profile;
use ciam_core::session::Session;

use super::ValidatedRequest;

/// A validated request of a person who is signed in well enough for it.
#[derive(Clone, Debug)]
pub(crate) struct AuthenticatedRequest {
    pub(crate) validated: ValidatedRequest,
    pub(crate) session: Session,
    pub(crate) account: Account,
    pub(crate) profile: Profile,
}

impl AuthenticatedRequest {
    /// Made by [`crate::flow`] alone, after [`crate::interaction`] said that no
    /// prompt to sign in is due.
    pub(crate) const fn new(
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
}

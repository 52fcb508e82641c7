//! Local sign-in methods, as a port.

mod password;
mod pool;

use async_trait::async_trait;
use ciam_core::Secret;
use ciam_core::account::Credential;

pub use password::Password;

use crate::provider::Inner;

/// One local sign-in method.
///
/// An implementation looks at what is stored and at what was typed, and at nothing
/// else: who the person is, whether their account is active and how often they may
/// try was decided before.
#[async_trait]
pub trait Authenticator: Send + Sync + 'static {
    /// The kind of its credentials, such as `password`.
    fn kind(&self) -> &'static str;

    /// Checks an attempt. When there is no credential it takes as long as when the
    /// secret is wrong, so that the time does not tell who has an account.
    ///
    /// # Errors
    /// [`LoginError::Refused`] when the secret is not the right one; the others are
    /// never the person's fault.
    async fn authenticate(&self, attempt: LoginAttempt<'_>) -> Result<Authenticated, LoginError>;

    /// What to store so that `secret` will be accepted.
    ///
    /// # Errors
    /// [`EnrollError::Unfit`] when the secret may not be used.
    async fn enroll(&self, secret: &Secret<String>) -> Result<String, EnrollError>;
}

/// One attempt to sign in.
#[derive(Clone, Copy, Debug)]
pub struct LoginAttempt<'a> {
    /// The stored credential of the authenticator's kind; none when the person is
    /// unknown, not active, or has no such credential.
    pub credential: Option<&'a Credential>,
    /// What was typed.
    pub secret: &'a Secret<String>,
}

/// A successful attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated {
    /// By what means (`amr`, RFC 8176).
    pub amr: Vec<String>,
    /// How strongly (`acr`); none for the weakest level of the provider.
    pub acr: Option<String>,
}

/// Why an attempt did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoginError {
    /// The secret is wrong, or there is no credential. Which of the two is not said.
    #[error("the credential and the secret do not fit")]
    Refused,
    /// More attempts wait than can be checked; try again later (503).
    #[error("too many attempts wait to be checked")]
    Busy,
    /// The stored credential cannot be read.
    #[error("the stored credential cannot be read")]
    Corrupt,
}

/// Why a secret cannot be enrolled.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrollError {
    /// The secret does not follow the rules, given as a sentence for the person.
    #[error("the secret cannot be used: {0}")]
    Unfit(&'static str),
    /// Too much work waits; try again later.
    #[error("too much work waits to be done")]
    Busy,
    /// The hash function refused its parameters.
    #[error("the secret cannot be hashed")]
    Failed,
}

impl Inner {
    /// The local sign-in method with credentials of `kind`, when there is one.
    pub(crate) fn authenticator(&self, kind: &str) -> Option<&dyn Authenticator> {
        self.authenticators
            .iter()
            .find(|authenticator| authenticator.kind() == kind)
            .map(AsRef::as_ref)
    }
}

//! The port of connectors, and what passes between them and the provider.

use std::fmt;

use async_trait::async_trait;
use ciam_core::{Secret, Timestamp};
use url::Url;

mod callback;
mod error;
mod transaction;

pub(crate) use callback::Answer;
pub use callback::{Callback, CallbackError};
pub use error::{ConnectorError, Rejection, UpstreamError};
pub use transaction::{AcceptedCallback, Transaction};

use crate::connection::Connection;
use crate::identity::UpstreamIdentity;
use crate::name::ConnectorKind;

/// The code for one kind of upstream. It serves many connections and keeps no
/// state of a sign-in: that travels in the [`Transaction`].
#[async_trait]
pub trait Connector: Send + Sync + 'static {
    /// The name that connections give in `connector`.
    fn kind(&self) -> ConnectorKind;

    /// Checks that the upstream is what the connection says; called before a
    /// connection is saved. Asks the upstream, whatever is cached.
    ///
    /// # Errors
    /// [`ConnectorError`] with what is wrong.
    async fn check(&self, connection: &Connection, now: Timestamp) -> Result<(), ConnectorError>;

    /// Prepares a sign-in and says where to send the person.
    ///
    /// # Errors
    /// [`ConnectorError`] when the upstream cannot be used.
    async fn begin(
        &self,
        connection: &Connection,
        login: &LoginRequest,
        now: Timestamp,
    ) -> Result<Begun, ConnectorError>;

    /// Ends a sign-in: finds out who came back.
    ///
    /// # Errors
    /// [`ConnectorError`] when nobody did, or nobody that can be trusted.
    async fn finish(
        &self,
        connection: &Connection,
        accepted: AcceptedCallback,
        now: Timestamp,
    ) -> Result<UpstreamIdentity, ConnectorError>;
}

/// What the provider wants of a sign-in at the upstream.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LoginRequest {
    /// Where the upstream sends the person back to, registered there.
    pub callback_url: Url,
    /// The `state`: unguessable, for this browser and this sign-in alone.
    pub state: Secret<String>,
    /// Levels of assurance that would do, in our words, best first.
    pub acr_values: Vec<String>,
    /// How long ago the person may have been authenticated there, in seconds.
    pub max_age: Option<u64>,
    /// Who it probably is.
    pub login_hint: Option<String>,
    /// `login`, `consent`, … (OIDC Core 3.1.2.1).
    pub prompt: Option<String>,
    /// Languages of the person, best first (BCP 47).
    pub ui_locales: Vec<String>,
}

impl LoginRequest {
    /// A sign-in without special wishes.
    pub fn new(callback_url: Url, state: Secret<String>) -> Self {
        Self {
            callback_url,
            state,
            acr_values: Vec::new(),
            max_age: None,
            login_hint: None,
            prompt: None,
            ui_locales: Vec::new(),
        }
    }
}

/// A sign-in that has begun.
#[derive(Debug)]
pub struct Begun {
    /// To be kept until the person comes back, and then used once.
    pub transaction: Transaction,
    /// What to do now.
    pub next: Next,
}

/// What the browser is told. `Debug` hides it: addresses carry `state` and `nonce`.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Next {
    /// Go to this address.
    Redirect(Url),
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Redirect(url) => write!(f, "Redirect({}…)", url.origin().ascii_serialization()),
        }
    }
}

//! The broker: sends people to other providers and takes them back.

use std::collections::BTreeMap;
use std::sync::Arc;

use ciam_core::Timestamp;

use crate::connection::Connection;
use crate::connector::{Begun, Callback, Connector, ConnectorError, LoginRequest, Transaction};
use crate::identity::VerifiedIdentity;
use crate::name::ConnectorKind;
use crate::pipeline::{PipelineError, Pipelines};

/// Why the broker could not do what it was asked for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BrokerError {
    /// The connection is switched off.
    #[error("the connection is disabled")]
    Disabled,
    /// Nothing here serves connections of this kind.
    #[error("there is no connector `{0}`")]
    NoConnector(ConnectorKind),
    /// The connector could not.
    #[error(transparent)]
    Connector(#[from] ConnectorError),
    /// The pipeline could not: the sign-in fails closed.
    #[error(transparent)]
    Pipeline(#[from] PipelineError),
}

impl BrokerError {
    /// A sentence for the person; it never has anything of the provider's in it.
    pub const fn public_text(&self) -> &'static str {
        match self {
            Self::Disabled | Self::NoConnector(_) => "This way to sign in is not available.",
            Self::Connector(error) => error.public_text(),
            Self::Pipeline(error) if error.is_unavailable() => {
                "Signing in does not work at the moment. Please try again later."
            }
            Self::Pipeline(_) => "Signing in this way does not work at the moment.",
        }
    }

    /// Whether trying again later may help (`temporarily_unavailable`).
    pub const fn is_unavailable(&self) -> bool {
        match self {
            Self::Disabled | Self::NoConnector(_) => false,
            Self::Connector(error) => error.is_unavailable(),
            Self::Pipeline(error) => error.is_unavailable(),
        }
    }
}

/// The connectors by kind.
///
/// ```
/// use std::sync::Arc;
/// use ciam_broker::{Broker, Connector};
///
/// # fn with(oidc: Arc<dyn Connector>) {
/// let broker = Broker::new().with_connector(oidc);
/// assert_eq!(broker.connectors().count(), 1);
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Broker {
    connectors: BTreeMap<ConnectorKind, Arc<dyn Connector>>,
}

impl Broker {
    /// A broker that knows no kind of upstream yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a connector, or replaces the one of the same kind.
    #[must_use]
    pub fn with_connector(mut self, connector: Arc<dyn Connector>) -> Self {
        self.connectors.insert(connector.kind(), connector);
        self
    }

    /// The kinds that it can serve.
    pub fn connectors(&self) -> impl Iterator<Item = &ConnectorKind> {
        self.connectors.keys()
    }

    /// Asks the upstream whether it is what the connection says. Called before
    /// a connection is saved.
    ///
    /// # Errors
    /// [`BrokerError`] with what is wrong.
    pub async fn check(&self, connection: &Connection, now: Timestamp) -> Result<(), BrokerError> {
        let connector = self.connector(connection)?;
        Ok(connector.check(connection, now).await?)
    }

    /// Begins a sign-in. The transaction is to be kept sealed, found again by
    /// `login.state`, and used once.
    ///
    /// # Errors
    /// [`BrokerError`] when the connection cannot be used now.
    pub async fn begin(
        &self,
        connection: &Connection,
        login: &LoginRequest,
        now: Timestamp,
    ) -> Result<Begun, BrokerError> {
        let connector = self.usable(connection)?;
        Ok(connector.begin(connection, login, now).await?)
    }

    /// Ends a sign-in: who came back. `connection` is the one whose callback
    /// address was called, as it is now. Nothing is stored until
    /// [`VerifiedIdentity::admit`].
    ///
    /// # Errors
    /// [`BrokerError`] when nobody came back, or nobody that can be trusted.
    pub async fn finish<'a>(
        &self,
        connection: &Connection,
        pipelines: &'a Pipelines,
        transaction: Transaction,
        callback: Callback,
        now: Timestamp,
    ) -> Result<VerifiedIdentity<'a>, BrokerError> {
        let connector = self.usable(connection)?;
        // Before the code is spent: a sign-in that cannot end need not go on.
        let pipeline = pipelines.for_connection(connection)?;
        let accepted = transaction
            .accept(connection, callback)
            .map_err(ConnectorError::Rejected)?;
        let upstream = connector.finish(connection, accepted, now).await?;
        Ok(VerifiedIdentity::new(
            connection.id.clone(),
            upstream,
            pipeline,
        ))
    }

    fn usable(&self, connection: &Connection) -> Result<&dyn Connector, BrokerError> {
        if !connection.enabled {
            return Err(BrokerError::Disabled);
        }
        self.connector(connection)
    }

    fn connector(&self, connection: &Connection) -> Result<&dyn Connector, BrokerError> {
        self.connectors
            .get(&connection.connector)
            .map(AsRef::as_ref)
            .ok_or_else(|| BrokerError::NoConnector(connection.connector.clone()))
    }
}

impl std::fmt::Debug for Broker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broker")
            .field("connectors", &self.connectors.keys().collect::<Vec<_>>())
            .finish()
    }
}

//! What is kept of a sign-in while the person is away.

use std::fmt;

use ciam_core::crypto::{Digest, constant_time_eq, sha256};
use ciam_core::{ClientId, ConnectionId, Issuer, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Callback, ConnectorError, LoginRequest, Rejection};
use crate::connection::Connection;

/// A sign-in under way at another provider: opaque to whoever keeps it.
///
/// It holds secrets of that sign-in, so it is kept sealed, and used once.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    connection: ConnectionId,
    issuer: Issuer,
    client_id: ClientId,
    state: Digest,
    started_at: Timestamp,
    data: Value,
}

impl Transaction {
    /// For connectors: begins one. `data` is what the connector needs again.
    ///
    /// # Errors
    /// [`ConnectorError::Internal`] when `data` cannot be written as JSON.
    pub fn begin(
        connection: &Connection,
        login: &LoginRequest,
        data: &impl Serialize,
        now: Timestamp,
    ) -> Result<Self, ConnectorError> {
        let data =
            serde_json::to_value(data).map_err(|error| ConnectorError::Internal(error.into()))?;
        Ok(Self {
            connection: connection.id.clone(),
            issuer: connection.issuer.clone(),
            client_id: connection.client_id.clone(),
            state: sha256(login.state.expose().as_bytes()),
            started_at: now,
            data,
        })
    }

    /// Brings transaction and callback together. `connection` is the one whose
    /// address the callback came to.
    ///
    /// # Errors
    /// [`Rejection`] when they do not belong together, or the connection has
    /// become another provider meanwhile.
    pub fn accept(
        self,
        connection: &Connection,
        callback: Callback,
    ) -> Result<AcceptedCallback, Rejection> {
        if !constant_time_eq(&self.state, &sha256(callback.state().as_bytes())) {
            return Err(Rejection::State);
        }
        // A provider must not finish what was begun with another (mix-up, RFC 9700 4.4).
        let same = self.connection == connection.id
            && self.issuer == connection.issuer
            && self.client_id == connection.client_id;
        if !same {
            return Err(Rejection::OtherConnection);
        }
        // RFC 9207 2.4: compared as strings; whether it may be missing, the connector knows.
        if callback
            .iss()
            .is_some_and(|iss| iss != self.issuer.as_str())
        {
            return Err(Rejection::Issuer);
        }
        Ok(AcceptedCallback {
            started_at: self.started_at,
            data: self.data,
            callback,
        })
    }
}

impl fmt::Debug for Transaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transaction")
            .field("connection", &self.connection)
            .field("started_at", &self.started_at)
            .finish_non_exhaustive()
    }
}

/// A callback that belongs to its transaction: same browser state, same
/// connection, and not from another issuer.
#[derive(Debug)]
pub struct AcceptedCallback {
    started_at: Timestamp,
    data: Value,
    callback: Callback,
}

impl AcceptedCallback {
    /// When the sign-in was begun.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// What the connector kept, and the parameters.
    ///
    /// # Errors
    /// [`ConnectorError::Internal`] when it was another connector that kept it.
    pub fn into_parts<T: DeserializeOwned>(self) -> Result<(T, Callback), ConnectorError> {
        let data = serde_json::from_value(self.data)
            .map_err(|error| ConnectorError::Internal(error.into()))?;
        Ok((data, self.callback))
    }
}

//! Leaving for another provider.

use bytes::Bytes;
use ciam_broker::{Broker, BrokerError, Connection, LoginRequest, Next, Transaction};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::crypto::aead::AeadKey;
use ciam_core::store::{Handle, Inserted, Kind, Record, Route};
use ciam_core::{ConnectionId, Secret, Timestamp};
use http::Response;
use serde::{Deserialize, Serialize};
use url::Url;

use super::sign_in::Tried;
use super::{Demand, Open, no_longer_offered, sign_in};
use crate::failure::Failure;
use crate::provider::{Inner, path};
use crate::stage::Prompt;
use crate::{audit, discovery_screen, wire};

/// What is kept while a person is at another provider, sealed under a key that
/// derives from the `state`: whoever has the store alone cannot read it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The interaction to come back to.
    pub(crate) interaction: String,
    pub(crate) connection: ConnectionId,
    pub(crate) transaction: Transaction,
}

/// Somebody chose a connection.
pub(super) async fn begin(
    inner: &Inner,
    open: Open,
    demand: Demand,
    chosen: Option<&str>,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let options = discovery_screen::options(inner, demand.acr.as_deref()).await?;
    let offered = chosen.and_then(|id| options.connection(id));
    let (Some(connection), Some(broker)) = (offered, inner.broker.as_ref()) else {
        let name: String = chosen.unwrap_or_default().chars().take(128).collect();
        return Ok(no_longer_offered(inner, &name).await);
    };
    let route = Route::generate(inner.entropy.as_ref());
    let handle = Handle::generate(inner.entropy.as_ref(), route);
    match go(inner, broker, &open, &demand, connection, &handle, now).await? {
        Ok(location) => Ok(wire::see_other(location.as_str())),
        Err(error) => {
            record_refusal(inner, &open, connection.id.as_str(), &error).await;
            let tried = Tried {
                error: Some(error.public_text()),
                ..Tried::default()
            };
            sign_in::page(inner, &open, &demand, &tried).await
        }
    }
}

async fn go(
    inner: &Inner,
    broker: &Broker,
    open: &Open,
    demand: &Demand,
    connection: &Connection,
    handle: &Handle,
    now: Timestamp,
) -> Result<Result<Url, BrokerError>, Failure> {
    let login = login_request(inner, open, demand, handle)?;
    let begun = match broker.begin(connection, &login, now).await {
        Ok(begun) => begun,
        Err(error) => return Ok(Err(error)),
    };
    let kept = Kept {
        interaction: open.handle(),
        connection: connection.id.clone(),
        transaction: begun.transaction,
    };
    let expires_at = now + inner.lifetimes.transaction;
    let record = Record {
        kind: Kind::Transaction,
        key: handle.key(),
        binding: None,
        expires_at,
        remembered_until: expires_at,
        version: 0,
        payload: kept.seal(inner, handle)?,
    };
    match inner
        .stores
        .state
        .insert(&inner.tenant, record, now)
        .await?
    {
        Inserted::Ok => {}
        Inserted::Conflict | Inserted::Revoked => {
            return Err(Failure::internal("a new transaction exists already"));
        }
    }
    match begun.next {
        Next::Redirect(location) => Ok(Ok(location)),
        _ => Err(Failure::internal(
            "the connector wants what is not known here",
        )),
    }
}

fn login_request(
    inner: &Inner,
    open: &Open,
    demand: &Demand,
    handle: &Handle,
) -> Result<LoginRequest, Failure> {
    let callback = Url::parse(&inner.issuer.endpoint(path::CALLBACK)).map_err(Failure::internal)?;
    let mut login = LoginRequest::new(callback, Secret::new(handle.reveal()));
    if let Some(wanted) = &demand.acr {
        let reach = |level: &&str| inner.acr.reaches(level, wanted);
        login.acr_values = inner.acr.iter().filter(reach).map(str::to_owned).collect();
        login.acr_values.reverse();
    }
    // A session over there must not answer for a person who is asked anew here.
    let requested = &open.interaction.requested;
    login.max_age = requested.max_age;
    login.prompt = if requested.prompt.contains(&Prompt::Login) {
        Some("login".to_owned())
    } else if requested.prompt.contains(&Prompt::SelectAccount) {
        Some("select_account".to_owned())
    } else {
        None
    };
    Ok(login)
}

/// Records that another provider could not sign somebody in.
pub(crate) async fn record_refusal(
    inner: &Inner,
    open: &Open,
    connection: &str,
    error: &BrokerError,
) {
    let event = AuditEvent {
        client: Some(open.validated.client().id.to_string()),
        reason: Some(format!("{connection}: {}", audit::chain(error))),
        ..audit::event(inner, "sign_in.brokered", Outcome::Refused)
    };
    audit::record(inner, event).await;
}

impl Kept {
    fn seal(&self, inner: &Inner, handle: &Handle) -> Result<Vec<u8>, Failure> {
        let plain = Secret::new(serde_json::to_vec(self).map_err(Failure::internal)?);
        key(handle)?
            .seal(
                inner.entropy.as_ref(),
                inner.tenant.as_bytes(),
                plain.expose(),
            )
            .map_err(Failure::internal)
    }

    /// Opens what the record of `handle` holds.
    pub(crate) fn open(inner: &Inner, handle: &Handle, sealed: &[u8]) -> Result<Self, Failure> {
        let plain = key(handle)?
            .open(inner.tenant.as_bytes(), sealed)
            .map(Secret::new)
            .map_err(Failure::internal)?;
        serde_json::from_slice(plain.expose()).map_err(Failure::internal)
    }
}

fn key(handle: &Handle) -> Result<AeadKey, Failure> {
    AeadKey::new(handle.derive(b"transaction").expose()).map_err(Failure::internal)
}

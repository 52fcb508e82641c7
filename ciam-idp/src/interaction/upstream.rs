//! Leaving for another provider.

use bytes::Bytes;
use ciam_broker::{Broker, BrokerError, Connection, LoginRequest, Next, Transaction};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::settings::Revision;
use ciam_core::store::{Handle, Inserted, Kind, Record, Route};
use ciam_core::{ConnectionId, Secret, Timestamp};
use http::Response;
use serde::{Deserialize, Serialize};
use url::Url;

use super::sign_in::Tried;
use super::{Demand, Open, no_longer_offered, sign_in};
use crate::failure::Failure;
use crate::holder::Sealed;
use crate::provider::{Inner, path};
use crate::stage::Prompt;
use crate::{audit, discovery_screen, wire};

/// What is kept while a person is at another provider, sealed for the holder of the
/// `state`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kept {
    /// The interaction to come back to.
    pub(crate) interaction: String,
    pub(crate) transaction: Transaction,
    /// The pipelines that it began with, which it ends with.
    pub(crate) pipelines: Revision,
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
        // What is no id goes into no record.
        let id = chosen.and_then(|id| id.parse::<ConnectionId>().ok());
        let name = id.as_ref().map_or("no connection", ConnectionId::as_str);
        return Ok(no_longer_offered(inner, name).await);
    };
    let pipelines = options.pipelines;
    match go(inner, broker, &open, &demand, connection, pipelines, now).await? {
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
    pipelines: Revision,
    now: Timestamp,
) -> Result<Result<Url, BrokerError>, Failure> {
    let route = Route::generate(inner.entropy.as_ref());
    let handle = Handle::generate(inner.entropy.as_ref(), route);
    let login = login_request(inner, open, demand, &connection.id, &handle)?;
    let begun = match broker.begin(connection, &login, now).await {
        Ok(begun) => begun,
        Err(error) => return Ok(Err(error)),
    };
    let kept = Kept {
        interaction: open.handle(),
        transaction: begun.transaction,
        pipelines,
    };
    let expires_at = now + inner.lifetimes.transaction;
    let record = Record {
        kind: Kind::Transaction,
        key: handle.key(),
        binding: None,
        expires_at,
        remembered_until: expires_at,
        version: 0,
        payload: Sealed::Transaction.seal(inner, &handle, &kept)?,
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
    connection: &ConnectionId,
    handle: &Handle,
) -> Result<LoginRequest, Failure> {
    let callback = path::callback(&inner.issuer, connection);
    let callback = Url::parse(&callback).map_err(Failure::internal)?;
    let mut login = LoginRequest::new(callback, Secret::new(handle.reveal()));
    if let Some(wanted) = &demand.acr {
        let reach = |level: &&str| inner.acr.reaches(level, wanted);
        login.acr_values = inner.acr.iter().filter(reach).map(str::to_owned).collect();
        login.acr_values.reverse();
    }
    let requested = &open.interaction.requested;
    login.max_age = demand.max_age.or(requested.max_age);
    login.prompt = if requested.prompt.contains(&Prompt::Login) {
        // A session over there must not answer for a person who is asked anew here.
        // `prompt` leaves no trace in what comes back; `max_age` does, and is checked.
        login.max_age = Some(0);
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

//! Where people come back to from other providers.

use bytes::Bytes;
use ciam_broker::{BrokerError, Callback, Connection, ConnectorError, Rejection, VerifiedIdentity};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::store::{Consumed, Handle, Kind};
use ciam_core::{ConnectionId, StoreError, Timestamp};
use http::{HeaderMap, Request, Response, StatusCode};

use crate::account::{self, Lookup, Terms};
use crate::failure::Failure;
use crate::holder::Sealed;
use crate::interaction::{self, Closed, Demand, Kept, Open, Stage};
use crate::provider::Inner;
use crate::session::SignedIn;
use crate::{audit, wire};

/// Ends a brokered sign-in, at the address of a connection.
pub(crate) async fn get(
    inner: &Inner,
    request: &Request<Bytes>,
    connection: &str,
) -> Response<Bytes> {
    let now = inner.now();
    let returned = match take(inner, request, connection, now).await {
        Ok(returned) => returned,
        Err(NotTaken::Refused(reason)) => return refused(inner, reason).await,
        Err(NotTaken::Failed(failure)) => return wire::failure_page(inner, failure, None).await,
    };
    match finish(inner, request.headers(), returned, now).await {
        Ok(response) => response,
        Err(failure) => wire::failure_page(inner, failure, None).await,
    }
}

/// Somebody who came back to the sign-in they left.
struct Returned {
    /// Whose address they came back to. Whether they left by it, the broker checks.
    connection: ConnectionId,
    open: Open,
    kept: Kept,
    callback: Callback,
}

enum NotTaken {
    /// Fixed text for the event.
    Refused(&'static str),
    Failed(Failure),
}

/// Finds the transaction of a callback and uses it up, when it comes back to the
/// browser that left (RFC 9700 section 4.7).
async fn take(
    inner: &Inner,
    request: &Request<Bytes>,
    connection: &str,
    now: Timestamp,
) -> Result<Returned, NotTaken> {
    let connection = connection
        .parse()
        .map_err(|_| NotTaken::Refused("the address is of no connection"))?;
    let query = request.uri().query().unwrap_or_default();
    let callback =
        Callback::parse(query).map_err(|_| NotTaken::Refused("the callback is malformed"))?;
    let handle =
        Handle::parse(callback.state()).ok_or(NotTaken::Refused("`state` is not one of ours"))?;
    let state = &inner.stores.state;
    let key = handle.key();
    let record = state
        .get(&inner.tenant, Kind::Transaction, &key, now)
        .await?
        .ok_or(NotTaken::Refused("`state` is unknown, used or expired"))?;
    let kept: Kept = Sealed::Transaction.open(inner, &handle, &record.payload)?;
    let open = match interaction::open(inner, request.headers(), &kept.interaction, now).await {
        Ok(open) => open,
        Err(Closed::Gone) => return Err(NotTaken::Refused("the interaction is over")),
        Err(Closed::OtherBrowser) => {
            return Err(NotTaken::Refused("`state` is of another browser"));
        }
        Err(Closed::Failed(failure)) => return Err(NotTaken::Failed(failure)),
    };
    match state
        .consume(&inner.tenant, Kind::Transaction, &key, now)
        .await?
    {
        Consumed::Fresh(_) => Ok(Returned {
            connection,
            open,
            kept,
            callback,
        }),
        Consumed::Replayed { .. } | Consumed::Missing => {
            Err(NotTaken::Refused("`state` was used before"))
        }
    }
}

async fn finish(
    inner: &Inner,
    headers: &HeaderMap,
    returned: Returned,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let Returned {
        connection: called,
        open,
        kept,
        callback,
    } = returned;
    // Another tab may have gone on meanwhile: then its page is due, not this sign-in.
    let Stage::SignIn { demand, .. } = open.interaction.stage.clone() else {
        return Ok(wire::see_other(&open.address(inner)));
    };
    let settings = inner.settings.now(inner).await?;
    let connection = settings
        .sign_in
        .connection(&called)
        .filter(|connection| connection.enabled);
    let (Some(connection), Some(broker)) = (connection, inner.broker.as_ref()) else {
        return Ok(interaction::no_longer_offered(inner, called.as_str()).await);
    };
    let pipelines = inner
        .settings
        .pipelines_at(inner, &settings, kept.pipelines)
        .await?;
    let finished = broker
        .finish(connection, &pipelines, kept.transaction, callback, now)
        .await;
    match finished {
        Ok(identity) => verified(inner, headers, open, demand, connection, identity, now).await,
        Err(error) => not_signed_in(inner, open, demand, connection, &error, now).await,
    }
}

/// Only whoever may come in is admitted: of everybody else nothing is kept, not in
/// the vault either.
async fn verified(
    inner: &Inner,
    headers: &HeaderMap,
    open: Open,
    demand: Demand,
    connection: &Connection,
    identity: VerifiedIdentity<'_>,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    // What came back may be weaker than what the connection can give.
    let reaches = |wanted: &String| inner.acr.reaches(identity.acr(), wanted);
    if !demand.acr.as_ref().is_none_or(reaches) {
        return not_let_in(inner, open, demand, connection, TOO_WEAK, now).await;
    }
    let terms = Terms {
        must_be: demand.must_be,
        create: connection.create_accounts,
    };
    let place = match account::look_up(inner, &identity, terms, now).await? {
        Lookup::Place(place) => place,
        Lookup::SomebodyElse => return interaction::somebody_else(inner, open, now).await,
        Lookup::Unknown => return not_let_in(inner, open, demand, connection, UNKNOWN, now).await,
        Lookup::NotActive => {
            return not_let_in(inner, open, demand, connection, NOT_ACTIVE, now).await;
        }
    };
    let identity = match identity.admit(&inner.tenant, now).await {
        Ok(identity) => identity,
        Err(error) => return not_signed_in(inner, open, demand, connection, &error, now).await,
    };
    let Some(subject) = place.sign_in(inner, identity.attributes, now).await? else {
        return not_let_in(inner, open, demand, connection, NOT_ACTIVE, now).await;
    };
    let signed_in = SignedIn {
        subject,
        acr: identity.acr,
        amr: identity.amr,
        connection: Some(connection.id.to_string()),
        // Never later than now, whatever the other clock says.
        auth_time: identity.auth_time.map_or(now, |then| then.min(now)),
    };
    Ok(interaction::complete(inner, headers, open, signed_in, now).await)
}

/// We know who it is, and they may not come in this way.
async fn not_let_in(
    inner: &Inner,
    open: Open,
    demand: Demand,
    connection: &Connection,
    sentence: &str,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let event = AuditEvent {
        client: Some(open.validated.client().id.to_string()),
        reason: Some(format!("{}: {sentence}", connection.id)),
        ..audit::event(inner, "sign_in.brokered", Outcome::Refused)
    };
    audit::record(inner, event).await;
    back_to_screen(inner, open, demand, sentence, now).await
}

/// What the other provider said no to, or could not do, the person may try another
/// way. What cannot be trusted ends here, and nobody is signed in.
async fn not_signed_in(
    inner: &Inner,
    open: Open,
    demand: Demand,
    connection: &Connection,
    error: &BrokerError,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    interaction::record_refusal(inner, &open, connection.id.as_str(), error).await;
    match error {
        BrokerError::Connector(ConnectorError::Rejected(rejection)) => {
            Ok(refused(inner, reason(rejection)).await)
        }
        error => back_to_screen(inner, open, demand, error.public_text(), now).await,
    }
}

async fn back_to_screen(
    inner: &Inner,
    open: Open,
    demand: Demand,
    sentence: &str,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let notice = Some(sentence.to_owned());
    open.go_to(inner, Stage::SignIn { demand, notice }, now)
        .await
}

/// A code for the event; the whole chain of causes is in the one before it.
const fn reason(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::State => "state",
        Rejection::OtherConnection => "other_connection",
        Rejection::Issuer => "issuer",
        Rejection::Metadata(_) => "metadata",
        Rejection::Code => "code",
        Rejection::TokenResponse(_) => "token_response",
        Rejection::IdToken(_) => "id_token",
        Rejection::NotEncrypted => "not_encrypted",
        Rejection::AuthTime => "auth_time",
        Rejection::UserInfo(_) => "userinfo",
        _ => "rejected",
    }
}

/// The page for an answer that is not accepted: 400, and no session.
async fn refused(inner: &Inner, reason: &str) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some(reason.to_owned()),
        ..audit::event(inner, "callback.refused", Outcome::Refused)
    };
    wire::page_with_event(
        inner,
        StatusCode::BAD_REQUEST,
        "The sign-in could not be completed",
        "The answer of the other provider does not belong to a sign-in in this browser, or it could not be accepted.",
        "Go back to the application and start again there.",
        event,
    )
    .await
}

impl From<Failure> for NotTaken {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for NotTaken {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

const TOO_WEAK: &str = "That sign-in was not strong enough for what the application needs.";
const UNKNOWN: &str = "There is no account here for that identity.";
const NOT_ACTIVE: &str = "That account cannot be used at the moment.";

//! The discovery screen within an interaction, and the password on it.

use bytes::Bytes;
use ciam_core::account::{Account, Credential};
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::{Secret, SubjectId, Timestamp};
use http::header::RETRY_AFTER;
use http::{HeaderMap, Response, StatusCode};

use super::{Demand, Ground, Open, Progress, Stage, attempts, bad_form};
use crate::authenticator::{Authenticated, Authenticator, LoginAttempt, LoginError, Password};
use crate::browser::Cookie;
use crate::discovery_screen::{self, Screen};
use crate::failure::Failure;
use crate::parameters::Parameters;
use crate::peer::Peer;
use crate::provider::Inner;
use crate::session::SignedIn;
use crate::{account, audit, flow, session, wire};

/// What came of the last try.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tried<'a> {
    pub(super) error: Option<&'a str>,
    pub(super) username: Option<&'a str>,
}

/// The discovery screen, with the options of this moment.
pub(super) async fn page(
    inner: &Inner,
    open: &Open,
    demand: &Demand,
    tried: &Tried<'_>,
) -> Result<Response<Bytes>, Failure> {
    let options = discovery_screen::options(inner, demand.acr.as_deref()).await?;
    let (action, csrf) = (open.address(inner), open.csrf());
    let screen = Screen {
        form: Open::form(&action, &csrf),
        client_name: &open.validated.client().name,
        redirect_uri: &open.interaction.requested.redirect_uri,
        reason: demand.reason.as_deref(),
        error: tried.error,
        username: tried.username,
    };
    Ok(options.page(inner, &screen))
}

/// Somebody typed a user name and a password.
pub(super) async fn password(
    inner: &Inner,
    open: Open,
    demand: Demand,
    headers: &HeaderMap,
    peer: &Peer,
    form: &Parameters,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let options = discovery_screen::options(inner, demand.acr.as_deref()).await?;
    if !options.password {
        return Ok(no_longer_offered(inner, Password::KIND).await);
    }
    let (Ok(Some(username)), Ok(Some(secret))) = (form.one("username"), form.one("password"))
    else {
        return Ok(bad_form(inner).await);
    };
    if username.chars().count() > LONGEST_NAME || username.chars().any(char::is_control) {
        return Ok(bad_form(inner).await);
    }
    let secret = Secret::new(secret.to_owned());
    let (error, retry_at) = match check(inner, peer, username, &secret, now).await? {
        Checked::Good(subject, _) if demand.must_be.is_some_and(|wanted| wanted != subject) => {
            return somebody_else(inner, open, now).await;
        }
        Checked::Good(subject, authenticated) => {
            let acr = authenticated.acr;
            let signed_in = SignedIn {
                subject,
                acr: acr.unwrap_or_else(|| inner.acr.weakest().to_owned()),
                amr: authenticated.amr,
                connection: None,
                auth_time: now,
            };
            return Ok(complete(inner, headers, open, signed_in, now).await);
        }
        Checked::Wrong => (WRONG, None),
        Checked::TooOften(at) => (TOO_OFTEN, Some(at)),
    };
    let event = AuditEvent {
        client: Some(open.validated.client().id.to_string()),
        reason: Some(error.to_owned()),
        ..audit::event(inner, "sign_in", Outcome::Refused)
    };
    audit::record(inner, event).await;
    let tried = Tried {
        error: Some(error),
        username: Some(username),
    };
    let mut response = page(inner, &open, &demand, &tried).await?;
    if let Some(at) = retry_at {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        let seconds = at.since(now).as_secs().saturating_add(1);
        wire::set(&mut response, RETRY_AFTER, &seconds.to_string());
    }
    Ok(response)
}

/// What came of looking at a name and a password.
enum Checked {
    Good(SubjectId, Authenticated),
    Wrong,
    TooOften(Timestamp),
}

/// The same steps, and the same answer, for somebody who is known, unknown, locked
/// or without a password.
async fn check(
    inner: &Inner,
    peer: &Peer,
    username: &str,
    secret: &Secret<String>,
    now: Timestamp,
) -> Result<Checked, Failure> {
    let authenticator = inner
        .authenticator(Password::KIND)
        .ok_or_else(|| Failure::internal("no password authenticator"))?;
    let identifier = inner.keys.lookup.identifier(&inner.tenant, username);
    let accounts = &inner.stores.accounts;
    let found = accounts
        .find_by_identifier(&inner.tenant, &identifier)
        .await?
        .filter(account::is_active);
    let is_password = |credential: &&Credential| credential.kind == authenticator.kind();
    let credential = found
        .as_ref()
        .and_then(|account| account.credentials.iter().find(is_password));
    let version = credential.map_or(0, |credential| credential.version);
    let attempted = match attempts::count(inner, peer, &identifier, version, now).await? {
        Ok(attempted) => attempted,
        Err(at) => return Ok(Checked::TooOften(at)),
    };
    let account = found.as_ref().zip(credential);
    let authenticated = match look(inner, authenticator, account, secret).await {
        Ok(Some(authenticated)) => authenticated,
        Ok(None) => return Ok(Checked::Wrong),
        Err(failure) => {
            // Ours, and no attempt of theirs.
            attempted.came_to_nothing(inner, now).await;
            return Err(failure);
        }
    };
    let (Some(account), Some(credential)) = (&found, credential) else {
        return Ok(Checked::Wrong);
    };
    let subject = account.subject;
    // Begins a new count of attempts. When another sign-in did it first, that is as good.
    let raised = accounts
        .update_credential(
            &inner.tenant,
            &subject,
            &credential.kind,
            credential.version,
            &credential.data,
        )
        .await;
    if let Err(error) = raised {
        // Ours: without a new count a right password must not use up the old one.
        attempted.came_to_nothing(inner, now).await;
        return Err(error.into());
    }
    attempted.succeeded(inner, now).await;
    Ok(Checked::Good(subject, authenticated))
}

/// Whether the secret is the one of the credential; nobody's costs the same.
async fn look(
    inner: &Inner,
    authenticator: &dyn Authenticator,
    stored: Option<(&Account, &Credential)>,
    secret: &Secret<String>,
) -> Result<Option<Authenticated>, Failure> {
    let opened = match stored {
        Some((account, stored)) => {
            Some(account::open_credential(inner, &account.subject, stored).await?)
        }
        None => {
            account::cost_of_nobody(inner).await?;
            None
        }
    };
    let attempt = LoginAttempt {
        credential: opened.as_ref(),
        secret,
    };
    match authenticator.authenticate(attempt).await {
        Ok(authenticated) => Ok(Some(authenticated)),
        Err(LoginError::Refused) => Ok(None),
        Err(error @ LoginError::Busy) => Err(Failure::Unavailable(error.into())),
        Err(error) => Err(Failure::internal(error)),
    }
}

/// The person is who they have to be: begins the session and goes on. The browser
/// learns the new session's cookie whatever comes after.
pub(crate) async fn complete(
    inner: &Inner,
    headers: &HeaderMap,
    mut open: Open,
    signed_in: SignedIn,
    now: Timestamp,
) -> Response<Bytes> {
    let event = AuditEvent {
        client: Some(open.validated.client().id.to_string()),
        subject: Some(signed_in.subject.to_string()),
        reason: Some(format!(
            "{} at level {}",
            signed_in.connection.as_deref().unwrap_or(Password::KIND),
            signed_in.acr
        )),
        ..audit::event(inner, "sign_in", Outcome::Success)
    };
    let (session, cookie) = match session::begin(inner, headers, signed_in, now).await {
        Ok(begun) => begun,
        Err(error) => return wire::failure_page(inner, error.into(), None).await,
    };
    audit::record(inner, event).await;
    open.interaction.progress = Progress {
        signed_in: Some(session.id),
        consented: None,
    };
    let mut response = match flow::proceed(inner, open, session, now).await {
        Ok(response) => response,
        Err(failure) => wire::failure_page(inner, failure, None).await,
    };
    cookie.set(inner, Cookie::Session, &mut response);
    response
}

/// Somebody else than the one who had to confirm: no sign-in, and back to the client.
pub(crate) async fn somebody_else(
    inner: &Inner,
    open: Open,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let event = AuditEvent {
        client: Some(open.validated.client().id.to_string()),
        reason: Some("another subject than the one that had to confirm".to_owned()),
        ..audit::event(inner, "sign_in", Outcome::Refused)
    };
    audit::record(inner, event).await;
    let sentence = SOMEBODY_ELSE.to_owned();
    let ground = Ground::SomebodyElse;
    open.go_to(inner, Stage::Refused { sentence, ground }, now)
        .await
}

/// The page for an option that is not offered (any more).
pub(crate) async fn no_longer_offered(inner: &Inner, option: &str) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some(format!("`{option}` is not offered")),
        ..audit::event(inner, "sign_in", Outcome::Refused)
    };
    wire::page_with_event(
        inner,
        StatusCode::FORBIDDEN,
        "This option is no longer offered",
        "This way to sign in has been switched off, or does not fit what is asked for.",
        "Go back, load the page again and choose another way to sign in.",
        event,
    )
    .await
}

const WRONG: &str = "The user name or the password is not right.";
const TOO_OFTEN: &str = "There were too many tries. Please wait a while before the next one.";
const SOMEBODY_ELSE: &str = "You confirmed as somebody else than the person who is signed in. \
     Nothing was changed; please start again with the same identity.";

/// Characters of a user name; a mail address has at most 254.
const LONGEST_NAME: usize = 255;

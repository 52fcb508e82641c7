//! How a validated request goes on: sign-in, access policy, consent, code.
//!
//! [`start`] does it at the authorization endpoint, [`proceed`] after the person did
//! something; both ask [`next`], so that what is due is decided in one place.

mod authenticated;

pub(crate) use self::authenticated::AuthenticatedRequest;

use bytes::Bytes;
use ciam_core::Timestamp;
use ciam_core::session::Session;
use http::{HeaderMap, Response};

use crate::access::{self, Access};
use crate::failure::Failure;
use crate::interaction::{self, Demand, Ground, Open, Progress, Stage};
use crate::provider::Inner;
use crate::response::{self, AuthorizationError};
use crate::stage::{GrantedRequest, Prompt, ValidatedRequest};
use crate::{account, session, wire};

/// Takes a validated request as far as it gets without the person.
pub(crate) async fn start(
    inner: &Inner,
    validated: ValidatedRequest,
    headers: &HeaderMap,
    now: Timestamp,
) -> Response<Bytes> {
    match try_start(inner, validated.clone(), headers, now).await {
        Ok(response) => response,
        Err(failure) => wire::failure_page(inner, failure, Some(&validated)).await,
    }
}

async fn try_start(
    inner: &Inner,
    validated: ValidatedRequest,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let session = session::load(inner, headers, now).await?;
    let next = next(inner, &validated, session, &Progress::default(), now).await?;
    let silent = validated.requested().prompt.contains(&Prompt::None);
    match next {
        Next::Code(granted) => response::code(inner, *granted).await,
        Next::Page(stage) if silent => {
            let (error, description) = without_a_page(&stage);
            Ok(response::error(inner, &validated, error, description))
        }
        Next::Page(stage) => {
            let requested = validated.requested().clone();
            interaction::begin(inner, headers, requested, stage, now).await
        }
    }
}

/// Takes the request of an interaction further, for the person of `session`.
pub(crate) async fn proceed(
    inner: &Inner,
    open: Open,
    session: Session,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let progress = &open.interaction.progress;
    match next(inner, &open.validated, Some(session), progress, now).await? {
        Next::Code(granted) => {
            let Some(validated) = open.consume(inner, now).await? else {
                return Ok(interaction::gone(inner).await);
            };
            // There is no page to come back to any more: what fails now goes to the client.
            match response::code(inner, *granted).await {
                Ok(response) => Ok(response),
                Err(failure) => Ok(wire::failure_page(inner, failure, Some(&validated)).await),
            }
        }
        Next::Page(stage) => open.go_to(inner, stage, now).await,
    }
}

/// What is due.
enum Next {
    /// Nothing of the person: the code.
    Code(Box<GrantedRequest>),
    /// A page.
    Page(Stage),
}

async fn next(
    inner: &Inner,
    validated: &ValidatedRequest,
    session: Option<Session>,
    progress: &Progress,
    now: Timestamp,
) -> Result<Next, Failure> {
    let requested = validated.requested();
    // An account that may no longer sign in counts as nobody.
    let person = match &session {
        Some(session) => account::load(inner, &session.subject).await?,
        None => None,
    };
    let signed_in = session.zip(person);
    let session = signed_in.as_ref().map(|(session, _)| session);
    let due = interaction::prompt_due(requested, session, progress, &inner.acr, now);
    let (session, (account, profile)) = match (due, signed_in) {
        (None, Some(signed_in)) => signed_in,
        (demand, _) => return Ok(sign_in(demand.unwrap_or_default())),
    };
    let request = AuthenticatedRequest::new(validated.clone(), session.clone(), account, profile);
    match access::decide(inner, request).await? {
        Access::Granted(granted) => {
            if interaction::consent_is_due(inner, &granted, progress).await? {
                return Ok(Next::Page(Stage::Consent {
                    session: session.id,
                    scopes: granted.scopes().clone(),
                }));
            }
            Ok(Next::Code(granted))
        }
        Access::Refused { sentence, .. } => Ok(Next::Page(Stage::Refused {
            sentence,
            ground: Ground::Policy,
        })),
        Access::StepUp(wanted) => Ok(sign_in(interaction::stepping_up(
            requested, &session, wanted, &inner.acr,
        ))),
    }
}

/// The error for a client that wants no page (OIDC Core section 3.1.2.6).
const fn without_a_page(stage: &Stage) -> (AuthorizationError, &'static str) {
    match stage {
        Stage::SignIn { .. } => (
            AuthorizationError::LoginRequired,
            "the person has to sign in",
        ),
        Stage::Consent { .. } => (
            AuthorizationError::ConsentRequired,
            "the person has to be asked",
        ),
        Stage::Refused { .. } => (
            AuthorizationError::AccessDenied,
            Ground::Policy.description(),
        ),
    }
}

const fn sign_in(demand: Demand) -> Next {
    Next::Page(Stage::SignIn {
        demand,
        notice: None,
    })
}

//! Whether a person has to sign in, although somebody may be signed in already.

use std::time::Duration;

use ciam_core::session::Session;
use ciam_core::{SubjectId, Timestamp};

use super::{Demand, Progress};
use crate::access::StepUp;
use crate::acr::AcrLevels;
use crate::stage::{Prompt, Requested};

/// What a sign-in has to achieve, when one is due (OIDC Core section 3.1.2.3).
/// What was done in this interaction (`progress`) is not asked for again.
pub(crate) fn due(
    requested: &Requested,
    session: Option<&Session>,
    progress: &Progress,
    levels: &AcrLevels,
    now: Timestamp,
) -> Option<Demand> {
    let expected = requested.expected_subject.as_deref().map(expected_subject);
    let demand = |reason: Option<&str>| Demand {
        must_be: expected,
        acr: requested.acr.clone(),
        max_age: requested.max_age,
        reason: reason.map(str::to_owned),
    };
    let Some(session) = session else {
        return Some(demand(None));
    };
    // The client names a person: nobody else will do (OIDC Core section 3.1.2.1, `id_token_hint`).
    if expected.is_some_and(|expected| expected != session.subject) {
        return Some(demand(None));
    }
    let fresh = progress.signed_in == Some(session.id);
    if !fresh && requested.prompt.contains(&Prompt::SelectAccount) {
        return Some(demand(None));
    }
    let too_old = requested
        .max_age
        .is_some_and(|max_age| is_older(session.auth_time, max_age, now));
    if !fresh && (requested.prompt.contains(&Prompt::Login) || too_old) {
        return Some(demand(Some(AGAIN)));
    }
    // A stronger sign-in of the same person (RFC 9470 section 5).
    match &requested.acr {
        Some(wanted) if !levels.reaches(&session.acr, wanted) => Some(Demand {
            must_be: Some(session.subject),
            ..demand(Some(STRONGER))
        }),
        _ => None,
    }
}

/// What a sign-in has to achieve so that the access policy says yes, and the request
/// is still answered as it was asked.
pub(crate) fn stepping_up(
    requested: &Requested,
    session: &Session,
    wanted: StepUp,
    levels: &AcrLevels,
) -> Demand {
    let weak = |wanted: &String| !levels.reaches(&session.acr, wanted);
    let reason = match wanted.acr.as_ref().is_some_and(weak) {
        true => STRONGER,
        false => AGO,
    };
    let acr = match (wanted.acr, &requested.acr) {
        (Some(wanted), Some(asked)) if !levels.reaches(asked, &wanted) => Some(wanted),
        (wanted, None) => wanted,
        (_, asked) => asked.clone(),
    };
    let ages = [wanted.max_age, requested.max_age];
    Demand {
        must_be: Some(session.subject),
        acr,
        max_age: ages.into_iter().flatten().min(),
        reason: Some(reason.to_owned()),
    }
}

/// `max_age=0` always asks, as `prompt=login` does (OIDC Core section 3.1.2.1).
fn is_older(auth_time: Timestamp, max_age: u64, now: Timestamp) -> bool {
    max_age == 0 || now.since(auth_time) > Duration::from_secs(max_age)
}

/// The subject that the client expects. What is no subject of ours is one that
/// nobody has.
fn expected_subject(text: &str) -> SubjectId {
    text.parse()
        .unwrap_or_else(|_| SubjectId::from_bytes([0; 16]))
}

const AGAIN: &str = "The application asks you to confirm that it is you.";

const AGO: &str = "You signed in some time ago. Please confirm that it is still you.";

/// Said when a stronger sign-in is wanted.
const STRONGER: &str = "This needs a stronger way to sign in than the one you used.";

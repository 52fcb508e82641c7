//! A sign-in under way: everything between the authorization request and its
//! answer that needs the person.
//!
//! The browser holds the handle (in the address) and a cookie; the store holds what
//! was asked for and how far the person got. Only both together open it.

mod attempts;
mod closed;
mod consent;
mod prompt;
mod record;
mod refused;
mod sign_in;
mod upstream;

use bytes::Bytes;
use ciam_core::crypto::Digest;
use ciam_core::{Scopes, SessionId, SubjectId, Timestamp};
use http::{HeaderMap, Response};
use serde::{Deserialize, Serialize};

pub(crate) use self::closed::{Closed, bad_form, closed, gone};
pub(crate) use self::consent::{is_due as consent_is_due, known_as};
pub(crate) use self::prompt::{due as prompt_due, stepping_up};
pub(crate) use self::record::{Open, begin, open};
pub(crate) use self::sign_in::{complete, no_longer_offered, somebody_else};
pub(crate) use self::upstream::{Kept, record_refusal};

use crate::failure::Failure;
use crate::page::Choice;
use crate::parameters::Parameters;
use crate::peer::Peer;
use crate::provider::Inner;
use crate::stage::Requested;
use crate::wire;

/// What is kept of a sign-in under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Interaction {
    pub(crate) requested: Requested,
    /// Of the browser that began it.
    browser: Digest,
    pub(crate) stage: Stage,
    pub(crate) progress: Progress,
}

/// Which page is due.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    /// The discovery screen.
    SignIn {
        demand: Demand,
        /// Why the last try came to nothing.
        notice: Option<String>,
    },
    /// The consent page, in this session and for these scopes.
    Consent { session: SessionId, scopes: Scopes },
    /// A no, with the sentence for the person.
    Refused { sentence: String, ground: Ground },
}

/// Why somebody is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Ground {
    /// The access policy says no.
    Policy,
    /// Somebody else than the one who had to confirm came back.
    SomebodyElse,
}

impl Ground {
    /// For the client and the operators.
    pub(crate) const fn description(self) -> &'static str {
        match self {
            Self::Policy => "the access policy says no",
            Self::SomebodyElse => "somebody else confirmed",
        }
    }
}

/// What a sign-in has to achieve.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Demand {
    /// The only person who will do.
    pub(crate) must_be: Option<SubjectId>,
    /// The weakest level that will do.
    pub(crate) acr: Option<String>,
    /// The most seconds since they proved who they are, anywhere.
    #[serde(default)]
    pub(crate) max_age: Option<u64>,
    /// Why somebody who is signed in is asked, as a plain sentence.
    pub(crate) reason: Option<String>,
}

/// What the person did in this interaction so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// The session that a sign-in in this interaction began.
    pub(crate) signed_in: Option<SessionId>,
    /// What was allowed on the consent page.
    pub(crate) consented: Option<Scopes>,
}

impl Open {
    /// The page that is due.
    pub(crate) async fn show(
        self,
        inner: &Inner,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<Response<Bytes>, Failure> {
        match self.interaction.stage.clone() {
            Stage::SignIn { demand, notice } => {
                let tried = sign_in::Tried {
                    error: notice.as_deref(),
                    username: self.interaction.requested.login_hint.as_deref(),
                };
                sign_in::page(inner, &self, &demand, &tried).await
            }
            Stage::Consent { session, scopes } => {
                consent::page(inner, &self, headers, session, &scopes, now).await
            }
            Stage::Refused { sentence, .. } => Ok(refused::page(inner, &self, &sentence)),
        }
    }

    /// What the person chose on it.
    pub(crate) async fn take(
        self,
        inner: &Inner,
        headers: &HeaderMap,
        peer: &Peer,
        form: &Parameters,
        now: Timestamp,
    ) -> Result<Response<Bytes>, Failure> {
        let one = |name| form.one(name).ok().flatten();
        let choice = one(Choice::FIELD).and_then(Choice::parse);
        match (self.interaction.stage.clone(), choice) {
            (Stage::SignIn { demand, .. }, Some(Choice::Password)) => {
                sign_in::password(inner, self, demand, headers, peer, form, now).await
            }
            (Stage::SignIn { demand, .. }, Some(Choice::Connection)) => {
                upstream::begin(inner, self, demand, one("connection"), now).await
            }
            (Stage::SignIn { .. } | Stage::Consent { .. }, Some(Choice::Cancel)) => {
                refused::back(inner, self, "the person cancelled", now).await
            }
            (Stage::Consent { session, scopes }, Some(Choice::Allow)) => {
                consent::allow(inner, self, headers, session, scopes, now).await
            }
            (Stage::Refused { ground, .. }, Some(Choice::Continue)) => {
                refused::back(inner, self, ground.description(), now).await
            }
            // A page of an earlier stage, from another tab or from history.
            (_, Some(_)) => Ok(wire::see_other(&self.address(inner))),
            (_, None) => Ok(bad_form(inner).await),
        }
    }
}

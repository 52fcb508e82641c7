//! The access policy: may this person use this API through this client, and
//! which of the requested scopes are left. Asked again at every token request,
//! because the answer can change.

mod granted;

pub(crate) use self::granted::GrantedRequest;

use ciam_core::attribute::Profile;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::client::Client;
use ciam_core::session::Session;
use ciam_core::{Scope, Scopes, SubjectId, Timestamp};
use ciam_policy::{Advice, Decision, Entity, PolicyRequest};
use serde_json::{Map, Value, json};

use crate::api::Target;
use crate::audit;
use crate::failure::Failure;
use crate::person;
use crate::provider::Inner;
use crate::stage::AuthenticatedRequest;

/// What the access policy says.
#[derive(Debug)]
pub(crate) enum Access {
    /// Yes, with the scopes that are left.
    Granted(Box<GrantedRequest>),
    /// No, and why, for the person.
    Refused { sentence: String },
    /// Yes, once the person is authenticated so.
    StepUp(StepUp),
}

/// How a person has to be authenticated (RFC 9470).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepUp {
    /// At this level; none when any will do.
    pub(crate) acr: Option<String>,
    /// At most so many seconds ago.
    pub(crate) max_age: Option<u64>,
}

/// What a policy may know of a person's request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    pub(crate) client: &'a Client,
    pub(crate) subject: SubjectId,
    pub(crate) profile: &'a Profile,
    /// The API; none for the provider itself.
    pub(crate) audience: Option<&'a str>,
    pub(crate) acr: &'a str,
    pub(crate) amr: &'a [String],
    pub(crate) auth_time: Timestamp,
    pub(crate) now: Timestamp,
}

/// Asks the policy about an authorization request.
pub(crate) async fn decide(
    inner: &Inner,
    request: AuthenticatedRequest,
) -> Result<Access, Failure> {
    let now = inner.now();
    let answer = {
        let requested = request.validated().requested();
        let facts = Facts {
            client: request.validated().client(),
            subject: request.session().subject,
            profile: request.profile(),
            audience: requested.audience.as_deref(),
            acr: &request.session().acr,
            amr: &request.session().amr,
            auth_time: request.session().auth_time,
            now,
        };
        ask(inner, &facts, &requested.scopes)
    };
    let refusal = match answer {
        Ok(scopes) => {
            let granted = GrantedRequest::new(request, scopes);
            return Ok(Access::Granted(Box::new(granted)));
        }
        Err(refusal) => refusal,
    };
    let event = AuditEvent {
        client: Some(request.validated().client().id.to_string()),
        subject: Some(request.session().subject.to_string()),
        reason: Some(refusal.for_operators()),
        ..audit::event(inner, "access.refused", Outcome::Refused)
    };
    audit::record(inner, event).await;
    Ok(match refusal.step_up(inner, request.session(), now) {
        Some(step_up) => Access::StepUp(step_up),
        None => Access::Refused {
            sentence: refusal.sentence().to_owned(),
        },
    })
}

/// The scopes that the policy leaves a person's grant now; none when there are none.
pub(crate) fn narrow(inner: &Inner, facts: &Facts<'_>, scopes: &Scopes) -> Option<Scopes> {
    ask(inner, facts, scopes).ok()
}

/// The scopes that the policy leaves a client that acts for itself: as for a person,
/// first whether it may use the API at all.
pub(crate) fn narrow_machine(
    inner: &Inner,
    client: &Client,
    target: &Target,
    scopes: &Scopes,
) -> Option<Scopes> {
    let machine = Entity::new(Entity::MACHINE, client.id.as_str())
        .with_attribute("issuer", inner.issuer.as_str())
        .with_attribute("client_id", client.id.as_str())
        .with_attribute("scopes", texts(scopes.iter().map(Scope::as_str)));
    let question = Question {
        principal: machine,
        resource: resource(inner, target.audience()),
        context: context(client, "", &[], scopes, inner.now()),
    };
    if !question.about_api(inner).is_permit() {
        return None;
    }
    let left = scopes.filtered(|scope| question.about_scope(inner, scope).is_permit());
    (!left.is_empty()).then_some(left)
}

/// First whether the person may use the API at all, then scope by scope.
fn ask(inner: &Inner, facts: &Facts<'_>, scopes: &Scopes) -> Result<Scopes, Refusal> {
    let question = Question {
        principal: principal(inner, facts, scopes),
        resource: resource(inner, facts.audience),
        context: with_auth_time(
            context(facts.client, facts.acr, facts.amr, scopes, facts.now),
            facts.auth_time,
        ),
    };
    let sign_in = question.about_api(inner);
    if !sign_in.is_permit() {
        return Err(Refusal(vec![sign_in]));
    }
    let mut denials = Vec::new();
    let left = scopes.filtered(|scope| {
        let decision = question.about_scope(inner, scope);
        let permit = decision.is_permit();
        if !permit {
            denials.push(decision);
        }
        permit
    });
    // Being allowed nothing is no access: a client must not mistake it for one.
    match left.is_empty() {
        true => Err(Refusal(denials)),
        false => Ok(left),
    }
}

/// What stays the same over the actions asked about.
struct Question {
    principal: Entity,
    resource: Entity,
    context: Map<String, Value>,
}

impl Question {
    fn about_api(&self, inner: &Inner) -> Decision {
        self.decide(inner, "sign_in", self.context.clone())
    }

    fn about_scope(&self, inner: &Inner, scope: &Scope) -> Decision {
        let mut context = self.context.clone();
        context.insert("scope".into(), scope.as_str().into());
        self.decide(inner, "grant_scope", context)
    }

    fn decide(&self, inner: &Inner, action: &str, context: Map<String, Value>) -> Decision {
        inner.policies.decide(&PolicyRequest {
            principal: self.principal.clone(),
            action,
            resource: self.resource.clone(),
            context,
        })
    }
}

/// The denials that left nothing.
struct Refusal(Vec<Decision>);

impl Refusal {
    /// What would help: a level that we know, or an authentication newer than the
    /// one of the session. None when the session has all that is advised, since
    /// asking for it again would lead nowhere.
    fn step_up(&self, inner: &Inner, session: &Session, now: Timestamp) -> Option<StepUp> {
        let advice = self.0.iter().find_map(Decision::advice)?;
        let Advice::StepUp {
            acr_values,
            max_age,
        } = advice
        else {
            return None;
        };
        let reached = |acr: &String| inner.acr.reaches(&session.acr, acr);
        let known = |acr: &&String| inner.acr.knows(acr);
        let acr = match acr_values.iter().find(|acr| reached(acr)) {
            Some(reached) => Some(reached),
            None => acr_values.iter().find(known),
        };
        if acr.is_none() && !acr_values.is_empty() {
            return None;
        }
        let too_weak = acr.is_some_and(|acr| !reached(acr));
        let age = age(session.auth_time, now);
        let too_old = max_age.is_some_and(|longest| age > longest);
        (too_weak || too_old).then(|| StepUp {
            acr: acr.cloned(),
            max_age: *max_age,
        })
    }

    fn sentence(&self) -> &str {
        self.0
            .iter()
            .find_map(Decision::public_reason)
            .unwrap_or("You are not allowed to use this application.")
    }

    fn for_operators(&self) -> String {
        let policies = self.0.iter().flat_map(Decision::reasons).map(|p| &p.id);
        let errors = self.0.iter().flat_map(Decision::errors);
        let text: Vec<&str> = policies.chain(errors).map(String::as_str).collect();
        match text.is_empty() {
            true => "no policy permits it".to_owned(),
            false => text.join("; "),
        }
    }
}

fn principal(inner: &Inner, facts: &Facts<'_>, scopes: &Scopes) -> Entity {
    let known = person::for_policies(facts.profile, facts.now);
    let mut attributes = known.clone();
    attributes.insert("claims".into(), known.into());
    for (name, value) in [
        ("issuer", json!(inner.issuer.as_str())),
        ("client_id", json!(facts.client.id.as_str())),
        ("scopes", texts(scopes.iter().map(Scope::as_str))),
        ("acr", json!(facts.acr)),
        ("amr", json!(facts.amr)),
        ("auth_time", json!(facts.auth_time.as_secs())),
    ] {
        attributes.insert(name.to_owned(), value);
    }
    Entity::new(Entity::USER, facts.subject.to_string()).with_attributes(attributes)
}

fn resource(inner: &Inner, audience: Option<&str>) -> Entity {
    Entity::new(Entity::API, audience.unwrap_or(inner.issuer.as_str()))
}

fn context(
    client: &Client,
    acr: &str,
    amr: &[String],
    scopes: &Scopes,
    now: Timestamp,
) -> Map<String, Value> {
    [
        ("client", json!(client.id.as_str())),
        ("first_party", json!(client.first_party)),
        ("acr", json!(acr)),
        ("amr", json!(amr)),
        ("scopes", texts(scopes.iter().map(Scope::as_str))),
        ("now", json!(now.as_secs())),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn with_auth_time(mut context: Map<String, Value>, at: Timestamp) -> Map<String, Value> {
    context.insert("auth_time".into(), json!(at.as_secs()));
    context
}

/// In whole seconds, as policies count them.
fn age(auth_time: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.as_secs().saturating_sub(auth_time.as_secs())).unwrap_or(0)
}

fn texts<'a>(texts: impl Iterator<Item = &'a str>) -> Value {
    texts.map(Value::from).collect()
}

//! The consent page: what a client wants, and whether the person allows it.

use std::collections::BTreeMap;

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::store::Consent as StoredConsent;
use ciam_core::{Profile, Scope, Scopes, SessionId, Timestamp};
use http::{HeaderMap, Response, StatusCode};
use url::Url;

use super::{Open, Progress};
use crate::api::{self, Target};
use crate::discovery_screen::{form_targets, render};
use crate::failure::Failure;
use crate::page::{Consent, Page, ScopeLine};
use crate::provider::Inner;
use crate::stage::{GrantedRequest, Prompt};
use crate::{account, audit, flow, session, wire};

/// Whether the person has to be asked (OIDC Core section 3.1.2.4). First-party
/// clients belong to the provider's owner: the person has not a third party to
/// allow anything to.
pub(crate) async fn is_due(
    inner: &Inner,
    granted: &GrantedRequest,
    progress: &Progress,
) -> Result<bool, Failure> {
    let validated = granted.authenticated().validated();
    let just_allowed = progress
        .consented
        .as_ref()
        .is_some_and(|allowed| granted.scopes().is_subset(allowed));
    if just_allowed {
        return Ok(false);
    }
    if validated.requested().prompt.contains(&Prompt::Consent) {
        return Ok(true);
    }
    if validated.client().first_party {
        return Ok(false);
    }
    let subject = &granted.authenticated().account().subject;
    let stored = inner
        .stores
        .consents
        .consent(&inner.tenant, subject, &validated.client().id)
        .await?;
    Ok(stored.is_none_or(|consent| !granted.scopes().is_subset(&consent.scopes)))
}

/// The page.
pub(super) async fn page(
    inner: &Inner,
    open: &Open,
    headers: &HeaderMap,
    session: SessionId,
    scopes: &Scopes,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let Some(session) = same_session(inner, headers, session, now).await? else {
        return Ok(signed_out(inner).await);
    };
    let account = account::load(inner, &session.subject).await?;
    let audience = open.interaction.requested.audience.as_deref();
    let sentences = sentences(inner, audience).await?;
    let line = |name| {
        ScopeLine::standard(name).unwrap_or(ScopeLine {
            name,
            description: sentences.get(name).map_or(UNDESCRIBED, String::as_str),
        })
    };
    let redirect_uri = &open.interaction.requested.redirect_uri;
    let host = Url::parse(redirect_uri).ok().and_then(|url| {
        let host = url.host_str()?;
        // A port tells parties on one host apart.
        Some(
            url.port()
                .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
        )
    });
    let (action, csrf) = (open.address(inner), open.csrf());
    let page = Page::Consent(Consent {
        form: Open::form(&action, &csrf),
        client_name: &open.validated.client().name,
        account: account.as_ref().and_then(|(_, profile)| known_as(profile)),
        scopes: scopes.iter().map(|scope| line(scope.as_str())).collect(),
        return_to: host.as_deref(),
    });
    let targets = form_targets(inner, [redirect_uri.as_str()]);
    Ok(render(inner, &page, &targets))
}

/// The person allows what the page listed.
pub(super) async fn allow(
    inner: &Inner,
    mut open: Open,
    headers: &HeaderMap,
    session: SessionId,
    scopes: Scopes,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    // Whoever signed out in another tab has taken everything back.
    let Some(session) = same_session(inner, headers, session, now).await? else {
        return Ok(signed_out(inner).await);
    };
    let client = open.validated.client().id.clone();
    let consent = StoredConsent {
        subject: session.subject,
        client: client.clone(),
        scopes: scopes.clone(),
        at: now,
    };
    inner.stores.consents.allow(&inner.tenant, consent).await?;
    let event = AuditEvent {
        client: Some(client.to_string()),
        subject: Some(session.subject.to_string()),
        reason: Some(scopes.to_string()),
        ..audit::event(inner, "consent.given", Outcome::Success)
    };
    audit::record(inner, event).await;
    open.interaction.progress.consented = Some(scopes);
    flow::proceed(inner, open, session, now).await
}

/// How a person is called on a page about them.
pub(crate) fn known_as(profile: &Profile) -> Option<&str> {
    ["name", "preferred_username", "email", "given_name"]
        .into_iter()
        .find_map(|name| profile.attributes.text(name))
}

async fn same_session(
    inner: &Inner,
    headers: &HeaderMap,
    wanted: SessionId,
    now: Timestamp,
) -> Result<Option<ciam_core::session::Session>, Failure> {
    let session = session::load(inner, headers, now).await?;
    Ok(session.filter(|session| session.id == wanted))
}

async fn signed_out(inner: &Inner) -> Response<Bytes> {
    wire::page_error(
        inner,
        StatusCode::BAD_REQUEST,
        "You are no longer signed in",
        "You have signed out, or somebody else has signed in, since this page was shown.",
        "Go back to the application and start again there.",
    )
    .await
}

/// The sentences of the scopes of the API that is asked for.
async fn sentences(
    inner: &Inner,
    audience: Option<&str>,
) -> Result<BTreeMap<Scope, String>, Failure> {
    Ok(match api::find(inner, audience).await? {
        Some(Target::Api(api)) => api.scopes,
        Some(Target::Provider) | None => BTreeMap::new(),
    })
}

const UNDESCRIBED: &str = "do what it has not described";

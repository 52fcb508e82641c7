//! Signing out (OpenID Connect RP-Initiated Logout 1.0).

use bytes::Bytes;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::client::Client;
use ciam_core::session::Session;
use ciam_core::{ClientId, StoreError, Timestamp};
use ciam_tokens::profile::id_token::{VerifiedIdToken, verify_hint};
use http::{Method, Request, Response, StatusCode};
use url::Url;

use super::interaction::foreign_form;
use crate::browser::{self, Cookie, CookieValue};
use crate::discovery_screen::{form_targets, render};
use crate::failure::Failure;
use crate::page::{Choice, Form, HiddenField, Page, ReturnLink, SignOut, SignedOut};
use crate::parameters::Parameters;
use crate::provider::{Inner, path};
use crate::{account, audit, interaction, session, wire};

/// A client asks to end the session.
pub(crate) async fn get(inner: &Inner, request: &Request<Bytes>) -> Response<Bytes> {
    let query = request.uri().query().unwrap_or_default();
    answer(inner, request, query.as_bytes()).await
}

/// The person's answer on the page, or a client that asks by POST (section 2). A
/// form of another site comes without our cookies (`SameSite=Lax`), so the client's
/// request is repeated as a GET, which has them.
pub(crate) async fn post(inner: &Inner, request: &Request<Bytes>) -> Response<Bytes> {
    match Parameters::parse(request.body()) {
        Ok(form) if form.all(Choice::FIELD).next().is_none() => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for name in FIELDS {
                query.extend_pairs(form.all(name).map(|value| (name, value)));
            }
            let address = inner.issuer.endpoint(path::END_SESSION);
            wire::see_other(&format!("{address}?{}", query.finish()))
        }
        _ => answer(inner, request, request.body()).await,
    }
}

async fn answer(inner: &Inner, request: &Request<Bytes>, text: &[u8]) -> Response<Bytes> {
    let outcome = match Parameters::parse(text) {
        Ok(parameters) => try_answer(inner, request, &parameters, inner.now()).await,
        Err(_) => Err(NotAnswered::BadRequest("the parameters cannot be read")),
    };
    match outcome {
        Ok(response) => response,
        Err(NotAnswered::BadRequest(reason)) => bad_request(inner, reason).await,
        Err(NotAnswered::Failed(failure)) => wire::failure_page(inner, failure, None).await,
    }
}

enum NotAnswered {
    /// Fixed text for the event.
    BadRequest(&'static str),
    Failed(Failure),
}

async fn try_answer(
    inner: &Inner,
    request: &Request<Bytes>,
    parameters: &Parameters,
    now: Timestamp,
) -> Result<Response<Bytes>, NotAnswered> {
    let asked = Asked::read(inner, parameters, now).await?;
    let headers = request.headers();
    let Some(session) = session::load(inner, headers, now).await? else {
        // Nothing to end.
        return Ok(asked.done(inner));
    };
    let cookie = CookieValue::sent(inner, Cookie::Session, headers);
    let choice = one(parameters, Choice::FIELD)?.and_then(Choice::parse);
    match (choice, cookie) {
        (Some(choice), Some(cookie)) if request.method() == Method::POST => {
            let csrf = one(parameters, "csrf")?;
            let ours =
                browser::posted_from_here(inner, headers) && cookie.sign_out_csrf().matches(csrf);
            match choice {
                _ if !ours => Ok(foreign_form(inner).await),
                Choice::SignOut => Ok(end(inner, &asked, &session, now).await?),
                _ => Ok(still_signed_in(inner).await),
            }
        }
        // Asked by a client that shows whom it means: that is this session, and
        // where to go afterwards is registered (section 2).
        _ if asked.means(&session) => Ok(end(inner, &asked, &session, now).await?),
        (_, Some(cookie)) => Ok(confirm(inner, &asked, &session, &cookie).await?),
        (_, None) => Ok(asked.done(inner)),
    }
}

/// What is asked for, as far as it is good.
struct Asked {
    client: Option<Client>,
    hint: Option<VerifiedIdToken>,
    /// Registered for the client, as it was sent.
    return_to: Option<String>,
    /// An address to return to was sent and is not one of the client's.
    refused_return: bool,
    state: Option<String>,
    /// What the page has to carry: the parameters as they were sent.
    fields: Vec<(&'static str, String)>,
}

impl Asked {
    async fn read(
        inner: &Inner,
        parameters: &Parameters,
        now: Timestamp,
    ) -> Result<Self, NotAnswered> {
        let sent_hint = one(parameters, "id_token_hint")?;
        let sent_client = one(parameters, "client_id")?;
        let sent_return = one(parameters, "post_logout_redirect_uri")?;
        let keys = inner.keys.ring.verify_keys();
        // A hint that does not verify is as good as none: the person is asked.
        let hint =
            sent_hint.and_then(|hint| verify_hint(hint, inner.issuer.as_str(), keys, now).ok());
        let audience = hint.as_ref().and_then(|hint| hint.audience.first());
        if let (Some(sent), Some(audience)) = (sent_client, audience)
            && sent != audience
        {
            return Err(NotAnswered::BadRequest("client_id is not that of the hint"));
        }
        let client = match sent_client.or(audience.map(String::as_str)) {
            Some(id) => client(inner, id).await?,
            None => None,
        };
        let return_to = client.as_ref().zip(sent_return).and_then(|(client, sent)| {
            client
                .post_logout_redirect_uris
                .iter()
                .any(|uri| uri.matches(client.application_type, sent))
                .then(|| sent.to_owned())
        });
        let fields = FIELDS
            .into_iter()
            .filter_map(|name| Some((name, one(parameters, name).ok()??.to_owned())))
            .collect();
        Ok(Self {
            refused_return: sent_return.is_some() && return_to.is_none(),
            client,
            hint,
            return_to,
            state: one(parameters, "state")?.map(str::to_owned),
            fields,
        })
    }

    /// Whether the client showed that it means this session, and asks for nothing
    /// that it may not.
    fn means(&self, session: &Session) -> bool {
        let this = self.hint.as_ref().is_some_and(|hint| {
            hint.subject == session.subject.to_string()
                && hint
                    .session
                    .as_ref()
                    .is_some_and(|sid| *sid == session.id.to_string())
        });
        this && !self.refused_return
    }

    /// Back to the client, when it may be; else the page that says so.
    fn done(&self, inner: &Inner) -> Response<Bytes> {
        let url = self.return_url();
        // Without a hint a link could lead anywhere that is registered without a
        // word to the person; they get a link to follow instead (section 3).
        if let (Some(url), Some(_)) = (&url, &self.hint) {
            return wire::see_other(url.as_str());
        }
        let return_to = url
            .as_ref()
            .zip(self.client.as_ref())
            .and_then(|(url, client)| ReturnLink::new(url, &client.name));
        render(inner, &Page::SignedOut(SignedOut { return_to }), &[])
    }

    fn return_url(&self) -> Option<Url> {
        let mut url = Url::parse(self.return_to.as_deref()?).ok()?;
        if let Some(state) = &self.state {
            url.query_pairs_mut().append_pair("state", state);
        }
        Some(url)
    }
}

/// Ends the session; then back to the client, to which the person agreed or which
/// showed that it may.
async fn end(
    inner: &Inner,
    asked: &Asked,
    session: &Session,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    session::end(inner, session, now).await?;
    let event = AuditEvent {
        client: asked.client.as_ref().map(|client| client.id.to_string()),
        subject: Some(session.subject.to_string()),
        ..audit::event(inner, "sign_out", Outcome::Success)
    };
    audit::record(inner, event).await;
    let mut response = match asked.return_url() {
        Some(url) => wire::see_other(url.as_str()),
        None => asked.done(inner),
    };
    browser::forget(inner, Cookie::Session, &mut response);
    Ok(response)
}

/// The page that asks the person.
async fn confirm(
    inner: &Inner,
    asked: &Asked,
    session: &Session,
    cookie: &CookieValue,
) -> Result<Response<Bytes>, Failure> {
    let account = account::load(inner, &session.subject).await?;
    let action = inner.issuer.endpoint(path::END_SESSION);
    let csrf = cookie.sign_out_csrf();
    let page = Page::SignOut(SignOut {
        form: Form {
            action: &action,
            csrf: csrf.as_str(),
        },
        client_name: asked.client.as_ref().map(|client| client.name.as_str()),
        account: account
            .as_ref()
            .and_then(|(_, profile)| interaction::known_as(profile)),
        fields: asked
            .fields
            .iter()
            .map(|(name, value)| HiddenField { name, value })
            .collect(),
    });
    let targets = form_targets(inner, asked.return_to.as_deref());
    Ok(render(inner, &page, &targets))
}

async fn still_signed_in(inner: &Inner) -> Response<Bytes> {
    wire::page_error(
        inner,
        StatusCode::OK,
        "You are still signed in",
        "Nothing was changed.",
        "You can close this page or go back to the application.",
    )
    .await
}

async fn bad_request(inner: &Inner, reason: &'static str) -> Response<Bytes> {
    let event = AuditEvent {
        reason: Some(reason.to_owned()),
        ..audit::event(inner, "sign_out", Outcome::Refused)
    };
    wire::page_with_event(
        inner,
        StatusCode::BAD_REQUEST,
        "Signing out did not work",
        "The application asked for it in a way that cannot be accepted.",
        "Go back to the application and tell its owner.",
        event,
    )
    .await
}

async fn client(inner: &Inner, id: &str) -> Result<Option<Client>, Failure> {
    let Ok(id) = id.parse::<ClientId>() else {
        return Ok(None);
    };
    let found = inner.stores.clients.client(&inner.tenant, &id).await?;
    Ok(found.filter(|client| client.enabled))
}

fn one<'a>(parameters: &'a Parameters, name: &'static str) -> Result<Option<&'a str>, NotAnswered> {
    parameters
        .one(name)
        .map_err(|_| NotAnswered::BadRequest("a parameter was sent more than once"))
}

impl From<Failure> for NotAnswered {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<StoreError> for NotAnswered {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

const FIELDS: [&str; 4] = [
    "id_token_hint",
    "client_id",
    "post_logout_redirect_uri",
    "state",
];

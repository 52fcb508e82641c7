//! Interactions in the store, and which browser opens them.

use bytes::Bytes;
use ciam_core::Timestamp;
use ciam_core::crypto::constant_time_eq;
use ciam_core::store::{Consumed, Handle, Inserted, Kind, Record, Route};
use http::{HeaderMap, Response};

use super::{Closed, Interaction, Progress, Stage};
use crate::browser::{Cookie, CookieValue, CsrfToken};
use crate::failure::Failure;
use crate::holder::Sealed;
use crate::page::Form;
use crate::provider::{Inner, path};
use crate::stage::{Requested, ValidatedRequest};
use crate::wire;

/// An interaction, opened by the browser that began it.
pub(crate) struct Open {
    pub(crate) interaction: Interaction,
    pub(crate) validated: ValidatedRequest,
    handle: Handle,
    version: u64,
    browser: CookieValue,
}

/// Stores a new interaction and sends the browser to it.
pub(crate) async fn begin(
    inner: &Inner,
    headers: &HeaderMap,
    requested: Requested,
    stage: Stage,
    now: Timestamp,
) -> Result<Response<Bytes>, Failure> {
    let sent = CookieValue::sent(inner, Cookie::Browser, headers);
    let browser = sent.clone().unwrap_or_else(|| CookieValue::generate(inner));
    let interaction = Interaction {
        requested,
        browser: browser.digest(),
        stage,
        progress: Progress::default(),
    };
    let route = Route::generate(inner.entropy.as_ref());
    let handle = Handle::generate(inner.entropy.as_ref(), route);
    let expires_at = now + inner.lifetimes.interaction;
    let record = Record {
        kind: Kind::Interaction,
        key: handle.key(),
        binding: None,
        expires_at,
        remembered_until: expires_at,
        version: 0,
        payload: Sealed::Interaction.seal(inner, &handle, &interaction)?,
    };
    match inner
        .stores
        .state
        .insert(&inner.tenant, record, now)
        .await?
    {
        Inserted::Ok => {}
        Inserted::Conflict | Inserted::Revoked => {
            return Err(Failure::internal("a new interaction exists already"));
        }
    }
    let mut response = wire::see_other(&address(inner, &handle));
    if sent.is_none() {
        browser.set(inner, Cookie::Browser, &mut response);
    }
    Ok(response)
}

/// Opens the interaction of a handle for the browser that began it.
pub(crate) async fn open(
    inner: &Inner,
    headers: &HeaderMap,
    handle: &str,
    now: Timestamp,
) -> Result<Open, Closed> {
    let handle = Handle::parse(handle).ok_or(Closed::Gone)?;
    let record = inner
        .stores
        .state
        .get(&inner.tenant, Kind::Interaction, &handle.key(), now)
        .await?
        .ok_or(Closed::Gone)?;
    let interaction: Interaction = Sealed::Interaction.open(inner, &handle, &record.payload)?;
    let browser = CookieValue::sent(inner, Cookie::Browser, headers).ok_or(Closed::OtherBrowser)?;
    if !constant_time_eq(&browser.digest(), &interaction.browser) {
        return Err(Closed::OtherBrowser);
    }
    // The client may have been disabled or changed meanwhile.
    let client = inner
        .stores
        .clients
        .client(&inner.tenant, &interaction.requested.client_id)
        .await?
        .ok_or(Closed::Gone)?;
    let validated =
        ValidatedRequest::resumed(client, interaction.requested.clone()).ok_or(Closed::Gone)?;
    Ok(Open {
        interaction,
        validated,
        handle,
        version: record.version,
        browser,
    })
}

impl Open {
    /// The CSRF token of its forms.
    pub(crate) fn csrf(&self) -> CsrfToken {
        self.browser.csrf(&self.handle)
    }

    /// Where its pages are and its forms go.
    pub(crate) fn address(&self, inner: &Inner) -> String {
        address(inner, &self.handle)
    }

    /// The handle's text, for what leads back here.
    pub(crate) fn handle(&self) -> String {
        self.handle.reveal()
    }

    /// Goes on to another stage and sends the browser to its page. When another tab
    /// was faster, its page is shown instead.
    pub(crate) async fn go_to(
        mut self,
        inner: &Inner,
        stage: Stage,
        now: Timestamp,
    ) -> Result<Response<Bytes>, Failure> {
        self.interaction.stage = stage;
        let payload = Sealed::Interaction.seal(inner, &self.handle, &self.interaction)?;
        let key = self.handle.key();
        let _first = inner
            .stores
            .state
            .update(
                &inner.tenant,
                Kind::Interaction,
                &key,
                self.version,
                payload,
                now,
            )
            .await?;
        Ok(wire::see_other(&self.address(inner)))
    }

    /// Uses the interaction up: of any number of posts exactly one gets the request.
    pub(crate) async fn consume(
        self,
        inner: &Inner,
        now: Timestamp,
    ) -> Result<Option<ValidatedRequest>, Failure> {
        let key = self.handle.key();
        let consumed = inner
            .stores
            .state
            .consume(&inner.tenant, Kind::Interaction, &key, now)
            .await?;
        Ok(match consumed {
            Consumed::Fresh(_) => Some(self.validated),
            Consumed::Replayed { .. } | Consumed::Missing => None,
        })
    }

    /// The form of a page: `csrf` and `action` live as long as the page is rendered.
    pub(crate) fn form<'a>(action: &'a str, csrf: &'a CsrfToken) -> Form<'a> {
        Form {
            action,
            csrf: csrf.as_str(),
        }
    }
}

fn address(inner: &Inner, handle: &Handle) -> String {
    let path = format!("{}{}", path::INTERACTION, handle.reveal());
    inner.issuer.endpoint(&path)
}

use ciam_core::attribute::Profile;
use ciam_core::client::Client;
use ciam_core::{Scopes, SubjectId, Timestamp};

use super::{Grant, RequestError, TokenRequest};
use crate::access::{self, Facts};
use crate::account;
use crate::api::{self, Target};
use crate::failure::Failure;
use crate::provider::Inner;

/// A grant with what is true now: people are locked, clients lose scopes, consent
/// is withdrawn and policies change after a grant was made.
#[derive(Debug)]
pub(crate) struct Current<'a> {
    pub(crate) grant: &'a Grant,
    pub(crate) profile: Profile,
    /// What is left of the grant's scopes.
    pub(crate) scopes: Scopes,
}

impl<'a> Current<'a> {
    /// Looks at account, client, consent and policy again.
    pub(crate) async fn load(
        inner: &Inner,
        client: &Client,
        grant: &'a Grant,
        now: Timestamp,
    ) -> Result<Self, RequestError> {
        const GONE: RequestError = RequestError::InvalidGrant("the grant is not valid any more");
        let (_, profile) = account::load(inner, &grant.subject).await?.ok_or(GONE)?;
        let allowed = consented(inner, client, &grant.subject, &grant.scopes)
            .await?
            .ok_or(GONE)?;
        let scopes = grant
            .scopes
            .filtered(|scope| client.scopes.contains(scope.as_str()))
            .filtered(|scope| allowed.contains(scope.as_str()));
        let facts = Facts {
            client,
            subject: grant.subject,
            profile: &profile,
            audience: grant.audience.as_deref(),
            acr: &grant.acr,
            amr: &grant.amr,
            auth_time: grant.auth_time,
            now,
        };
        let scopes = access::narrow(inner, &facts, &scopes).ok_or(GONE)?;
        // An offline grant ends when offline access is taken away, by whomever: it is
        // bound to no session, so it cannot go on as a grant of a session.
        if grant.is_offline() && !scopes.contains("offline_access") {
            return Err(GONE);
        }
        Ok(Self {
            grant,
            profile,
            scopes,
        })
    }

    /// What the access token of this request is for: the grant's API, or the
    /// provider itself when the request says so and OpenID scopes were granted
    /// (RFC 8707 section 2.2).
    pub(crate) async fn target(
        &self,
        inner: &Inner,
        request: &TokenRequest<'_>,
    ) -> Result<Target, RequestError> {
        const OUTSIDE: RequestError =
            RequestError::InvalidTarget("the resource is not in the grant");
        let mut audience = self.grant.audience.as_deref();
        for (index, resource) in request.parameters.all("resource").enumerate() {
            let asked = (resource != inner.issuer.as_str()).then_some(resource);
            let known = asked == self.grant.audience.as_deref()
                || (asked.is_none() && self.scopes.contains("openid"));
            if index > 0 || !known {
                return Err(OUTSIDE);
            }
            audience = asked;
        }
        api::find(inner, audience).await?.ok_or(OUTSIDE)
    }
}

/// The scopes that the person's consent covers: all of `scopes` for a client that
/// needs none, no answer when consent was withdrawn.
pub(crate) async fn consented(
    inner: &Inner,
    client: &Client,
    subject: &SubjectId,
    scopes: &Scopes,
) -> Result<Option<Scopes>, Failure> {
    if client.first_party {
        return Ok(Some(scopes.clone()));
    }
    let consent = inner
        .stores
        .consents
        .consent(&inner.tenant, subject, &client.id)
        .await?;
    Ok(consent.map(|consent| consent.scopes))
}

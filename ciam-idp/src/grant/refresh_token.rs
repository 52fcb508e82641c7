//! RFC 6749 section 6, with rotation (RFC 9700 section 4.14.2).

use ciam_core::store::{Handle, Inserted, Kind, Record, Rotated, Route, Successor};
use ciam_core::{GrantId, Scopes, Secret, Timestamp};

use super::{Current, Grant, RequestError, TokenRequest, from_payload, replayed, to_payload};
use crate::audit;
use crate::failure::Failure;
use crate::holder::Sealed;
use crate::issue::{self, TokenResponse};
use crate::provider::Inner;

/// Exchanges a refresh token for new tokens, the next refresh token among them.
///
/// A failure of ours leaves the old one as it was: the client is told to try again,
/// and a second try must not look like a thief's. So the answer is made first, and
/// rotation is the last step that can fail.
pub(crate) async fn rotate(
    inner: &Inner,
    request: TokenRequest<'_>,
) -> Result<TokenResponse, RequestError> {
    let old = Handle::parse(request.required("refresh_token")?).ok_or(UNKNOWN)?;
    let Some(grant) = stored(inner, &old, request.now).await? else {
        return used_before(inner, &request, &old).await;
    };
    if grant.client != request.client.id {
        return Err(UNKNOWN);
    }
    let current = current(inner, &request, &grant).await?;
    let target = current.target(inner, &request).await?;
    let next = Handle::generate(inner.entropy.as_ref(), old.route());
    let record = record(inner, &next, Some(&grant), request.now)?;
    let answer = issue::refreshed(inner, &request, &current, &target, &next).await?;
    match turn(inner, &old, &next, record, request.now).await? {
        Rotated::Rotated => {
            issue::record(inner, &request, Some(&grant.subject), REFRESHED).await;
            Ok(answer)
        }
        // Another request with the same token was faster.
        Rotated::InGrace { sealed } => in_grace(inner, &request, &old, &sealed).await,
        Rotated::Replayed { grant } => stolen(inner, &request, grant).await,
        Rotated::Missing => Err(UNKNOWN),
    }
}

/// Stores the first refresh token of a grant.
pub(crate) async fn first(
    inner: &Inner,
    grant: &Grant,
    now: Timestamp,
) -> Result<Handle, RequestError> {
    let handle = Handle::generate(inner.entropy.as_ref(), grant.id.into());
    let record = record(inner, &handle, Some(grant), now)?;
    match inner
        .stores
        .state
        .insert(&inner.tenant, record, now)
        .await?
    {
        Inserted::Ok => Ok(handle),
        Inserted::Revoked => Err(UNKNOWN),
        Inserted::Conflict => Err(Failure::internal("a new refresh token exists already").into()),
    }
}

/// The grant of a token that is live.
async fn stored(
    inner: &Inner,
    handle: &Handle,
    now: Timestamp,
) -> Result<Option<Grant>, RequestError> {
    let record = inner
        .stores
        .state
        .get(&inner.tenant, Kind::RefreshToken, &handle.key(), now)
        .await?;
    Ok(match record {
        Some(record) => Some(from_payload(&record.payload)?),
        None => None,
    })
}

/// A token that is not live: never was, ended, or was rotated before. It cannot
/// become live again, so the successor offered here is never stored.
async fn used_before(
    inner: &Inner,
    request: &TokenRequest<'_>,
    old: &Handle,
) -> Result<TokenResponse, RequestError> {
    let next = Handle::generate(inner.entropy.as_ref(), Route(old.route().0));
    let record = record(inner, &next, None, request.now)?;
    match turn(inner, old, &next, record, request.now).await? {
        Rotated::InGrace { sealed } => in_grace(inner, request, old, &sealed).await,
        Rotated::Replayed { grant } => stolen(inner, request, grant).await,
        Rotated::Rotated | Rotated::Missing => Err(UNKNOWN),
    }
}

/// RFC 9700 section 4.14.2.
async fn stolen(
    inner: &Inner,
    request: &TokenRequest<'_>,
    grant: Option<GrantId>,
) -> Result<TokenResponse, RequestError> {
    replayed(inner, request, grant, audit::REPLAYED_REFRESH_TOKEN).await?;
    Err(UNKNOWN)
}

/// The client lost the answer to its first try: it gets the same successor.
async fn in_grace(
    inner: &Inner,
    request: &TokenRequest<'_>,
    old: &Handle,
    sealed: &[u8],
) -> Result<TokenResponse, RequestError> {
    let next: Secret<String> = Sealed::Successor.open(inner, old, sealed)?;
    let next = Handle::parse(next.expose())
        .ok_or_else(|| Failure::internal("a sealed refresh token is not one"))?;
    let grant = stored(inner, &next, request.now).await?.ok_or(UNKNOWN)?;
    if grant.client != request.client.id {
        return Err(UNKNOWN);
    }
    let current = current(inner, request, &grant).await?;
    let target = current.target(inner, request).await?;
    let answer = issue::refreshed(inner, request, &current, &target, &next).await?;
    issue::record(inner, request, Some(&grant.subject), REFRESHED).await;
    Ok(answer)
}

/// The grant as of now, with the scopes this request asks for (RFC 6749 section 6:
/// the same or less; the refresh token keeps what was granted first).
async fn current<'a>(
    inner: &Inner,
    request: &TokenRequest<'_>,
    grant: &'a Grant,
) -> Result<Current<'a>, RequestError> {
    let mut current = Current::load(inner, request.client, grant, request.now).await?;
    if let Some(scope) = request.parameters.one("scope")? {
        const WIDER: RequestError =
            RequestError::InvalidScope("scope is wider than what was granted");
        let asked: Scopes = scope.parse().map_err(|_| WIDER)?;
        if asked.is_empty() || !asked.is_subset(&grant.scopes) {
            return Err(WIDER);
        }
        current.scopes = current
            .scopes
            .filtered(|scope| asked.contains(scope.as_str()));
        if current.scopes.is_empty() {
            return Err(WIDER);
        }
    }
    Ok(current)
}

/// The record of a token; without a grant it is one that is never stored.
fn record(
    inner: &Inner,
    handle: &Handle,
    grant: Option<&Grant>,
    now: Timestamp,
) -> Result<Record, Failure> {
    let lifetime = inner.lifetimes.refresh_token;
    let expires_at = grant.map_or(now, |grant| grant.refresh_expiry(lifetime, now));
    Ok(Record {
        kind: Kind::RefreshToken,
        key: handle.key(),
        binding: grant.map(Grant::binding),
        expires_at,
        // Used tokens are remembered as long as they could have been used.
        remembered_until: expires_at,
        version: 0,
        payload: grant.map(to_payload).transpose()?.unwrap_or_default(),
    })
}

async fn turn(
    inner: &Inner,
    old: &Handle,
    next: &Handle,
    record: Record,
    now: Timestamp,
) -> Result<Rotated, RequestError> {
    let successor = Successor {
        sealed: Sealed::Successor.seal(inner, old, &next.reveal())?,
        record,
    };
    let grace = inner.lifetimes.refresh_grace;
    Ok(inner
        .stores
        .state
        .rotate(
            &inner.tenant,
            Kind::RefreshToken,
            &old.key(),
            successor,
            grace,
            now,
        )
        .await?)
}

const REFRESHED: &str = "tokens.refreshed";
const UNKNOWN: RequestError = RequestError::InvalidGrant("the refresh token is not valid");

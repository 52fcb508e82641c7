//! RFC 6749 section 4.1.3: a code for tokens, with RFC 7636 section 4.6.

use ciam_core::crypto::{constant_time_eq, sha256};
use ciam_core::encoding::b64url_encode;
use ciam_core::store::{Consumed, Handle, Kind};

use super::{CodePayload, Current, RequestError, TokenRequest, from_payload, replayed};
use crate::audit;
use crate::issue::{self, TokenResponse};
use crate::provider::Inner;

/// Exchanges a code. Whatever is held against it uses it up, so that nobody tries
/// verifiers on it. A failure of ours does not: the client is told to try again, and
/// a second try must not look like a thief's. So the tokens are made and stored
/// first, and using the code up is the last step that can fail; who is not the one
/// to do it gets nothing of them.
pub(crate) async fn exchange(
    inner: &Inner,
    request: TokenRequest<'_>,
) -> Result<TokenResponse, RequestError> {
    let handle = Handle::parse(request.required("code")?).ok_or(UNKNOWN)?;
    let stored = inner
        .stores
        .state
        .get(&inner.tenant, Kind::Code, &handle.key(), request.now)
        .await?;
    let Some(record) = stored else {
        use_up(inner, &request, &handle).await?;
        return Err(UNKNOWN);
    };
    let payload: CodePayload = from_payload(&record.payload)?;
    let answer = match tokens(inner, &request, &payload).await {
        Err(RequestError::Failure(failure)) => return Err(failure.into()),
        answer => answer,
    };
    use_up(inner, &request, &handle).await?;
    if answer.is_ok() {
        let subject = &payload.grant.subject;
        issue::record(inner, &request, Some(subject), "tokens.issued").await;
    }
    answer
}

async fn tokens(
    inner: &Inner,
    request: &TokenRequest<'_>,
    payload: &CodePayload,
) -> Result<TokenResponse, RequestError> {
    check(request, payload)?;
    let current = Current::load(inner, request.client, &payload.grant, request.now).await?;
    let target = current.target(inner, request).await?;
    issue::for_grant(inner, request, &current, &target, payload.nonce.as_deref()).await
}

/// Of any number of callers exactly one comes through. A code used twice may be
/// stolen: all tokens of its grant die (RFC 6749 section 4.1.2).
async fn use_up(
    inner: &Inner,
    request: &TokenRequest<'_>,
    handle: &Handle,
) -> Result<(), RequestError> {
    let consumed = inner
        .stores
        .state
        .consume(&inner.tenant, Kind::Code, &handle.key(), request.now)
        .await?;
    match consumed {
        Consumed::Fresh(_) => Ok(()),
        Consumed::Missing => Err(UNKNOWN),
        Consumed::Replayed { grant } => {
            replayed(inner, request, grant, audit::REPLAYED_CODE).await?;
            Err(UNKNOWN)
        }
    }
}

/// The code must have been issued to this client, for this redirect URI and for
/// whoever holds the verifier.
fn check(request: &TokenRequest<'_>, payload: &CodePayload) -> Result<(), RequestError> {
    if payload.grant.client != request.client.id {
        return Err(UNKNOWN);
    }
    let redirect_uri = request.parameters.one("redirect_uri")?;
    if payload.redirect_uri.is_some() && payload.redirect_uri.as_deref() != redirect_uri {
        return Err(RequestError::InvalidGrant(
            "redirect_uri is not the one of the authorization request",
        ));
    }
    let verifier = request.parameters.one("code_verifier")?;
    match (&payload.code_challenge, verifier) {
        (None, None) => Ok(()),
        (Some(challenge), Some(verifier)) if answers(challenge, verifier) => Ok(()),
        // A verifier for a request without challenge: somebody took the challenge
        // out of it (RFC 9700 section 2.1.1, PKCE downgrade).
        _ => Err(RequestError::InvalidGrant(
            "code_verifier does not fit the authorization request",
        )),
    }
}

/// RFC 7636 sections 4.1 and 4.6.
fn answers(challenge: &str, verifier: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~'));
    let digest = b64url_encode(&sha256(verifier.as_bytes()));
    well_formed && constant_time_eq(challenge.as_bytes(), digest.as_bytes())
}

const UNKNOWN: RequestError = RequestError::InvalidGrant("the code is not valid");

//! RFC 6749 section 4.1.3: a code for tokens, with RFC 7636 section 4.6.

use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::crypto::{constant_time_eq, sha256};
use ciam_core::encoding::b64url_encode;
use ciam_core::store::{Consumed, Handle, Kind, RevokeSelector};

use super::{CodePayload, Current, RequestError, TokenRequest, from_payload};
use crate::audit;
use crate::issue::{self, TokenResponse};
use crate::provider::Inner;

/// Exchanges a code. It is used up before anything is held against it, so that
/// nobody tries verifiers on it, and whatever fails later leaves it used.
pub(crate) async fn exchange(
    inner: &Inner,
    request: TokenRequest<'_>,
) -> Result<TokenResponse, RequestError> {
    let handle = Handle::parse(request.required("code")?).ok_or(UNKNOWN)?;
    let consumed = inner
        .stores
        .state
        .consume(&inner.tenant, Kind::Code, &handle.key(), request.now)
        .await?;
    let payload: CodePayload = match consumed {
        Consumed::Fresh(record) => from_payload(&record.payload)?,
        Consumed::Missing => return Err(UNKNOWN),
        Consumed::Replayed { grant } => {
            // A code used twice may be stolen: all tokens of its grant die
            // (RFC 6749 section 4.1.2).
            if let Some(grant) = grant {
                inner
                    .stores
                    .state
                    .revoke(&inner.tenant, &RevokeSelector::Grant(grant), request.now)
                    .await?;
            }
            audit::record(
                inner,
                AuditEvent {
                    client: Some(request.client.id.to_string()),
                    ..audit::event(inner, "code.replayed", Outcome::Refused)
                },
            )
            .await;
            return Err(UNKNOWN);
        }
    };
    check(&request, &payload)?;
    let current = Current::load(inner, request.client, &payload.grant, request.now).await?;
    let target = current.target(inner, &request).await?;
    issue::for_grant(inner, &request, &current, &target, payload.nonce.as_deref()).await
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

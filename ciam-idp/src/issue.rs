//! Makes tokens: the claims by release, then the issuer signs, and encrypts when
//! the recipient has a key.

use std::time::Duration;

use ciam_broker::ReleaseTarget;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::client::GrantType;
use ciam_core::encoding::b64url_encode;
use ciam_core::outside::random;
use ciam_core::store::{Handle, Inserted, Key, Kind, Record};
use ciam_core::token::{AccessTokenClaims, IdTokenClaims, IssuedToken, TokenError, TokenSpec};
use ciam_core::{GrantId, Scopes, SubjectId, Timestamp};
use ciam_tokens::SigningAlgorithm;
use ciam_tokens::profile::id_token::at_hash;
use serde::Serialize;
use serde_json::Map;

use crate::api::{self, Target};
use crate::audit;
use crate::failure::Failure;
use crate::grant::{self, Current, RequestError, TokenRequest};
use crate::provider::Inner;
use crate::release;

/// A successful answer of the token endpoint (RFC 6749 section 5.1, OIDC Core
/// section 3.1.3.3).
#[derive(Serialize)]
pub(crate) struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token: Option<String>,
}

/// The first tokens of a grant. They are worth nothing until the caller gives them
/// out: what is stored of them can be found by their holder alone.
pub(crate) async fn for_grant(
    inner: &Inner,
    request: &TokenRequest<'_>,
    current: &Current<'_>,
    target: &Target,
    nonce: Option<&str>,
) -> Result<TokenResponse, RequestError> {
    let mut response = of_person(inner, request, current, target, nonce).await?;
    let client = request.client;
    if client.grant_types.contains(&GrantType::RefreshToken) {
        // Scopes that the policy took away since are not granted later either.
        let mut grant = current.grant.clone();
        grant.scopes = current.scopes.clone();
        let first = grant::first_refresh_token(inner, &grant, request.now).await?;
        response.refresh_token = Some(first.reveal());
    }
    Ok(response)
}

/// Tokens in exchange for a refresh token; `next` is the one that follows it, which
/// the caller stores.
pub(crate) async fn refreshed(
    inner: &Inner,
    request: &TokenRequest<'_>,
    current: &Current<'_>,
    target: &Target,
    next: &Handle,
) -> Result<TokenResponse, RequestError> {
    // No nonce: it belonged to the first ID token (OIDC Core section 12.2).
    let mut response = of_person(inner, request, current, target, None).await?;
    response.refresh_token = Some(next.reveal());
    Ok(response)
}

/// An access token for a client that acts for itself.
pub(crate) async fn for_client(
    inner: &Inner,
    request: &TokenRequest<'_>,
    target: &Target,
    scopes: &Scopes,
) -> Result<TokenResponse, RequestError> {
    let client = request.client.id.to_string();
    let claims = AccessTokenClaims {
        iss: inner.issuer.to_string(),
        // RFC 9068 section 2.2: the client is the subject.
        sub: client.clone(),
        aud: audience(inner, target).to_owned(),
        client_id: client,
        iat: request.now.as_secs(),
        exp: expiry(request.now, inner.lifetimes.access_token),
        jti: token_id(inner),
        scope: scopes.to_string(),
        auth_time: None,
        acr: None,
        amr: Vec::new(),
        sid: None,
        gid: None,
        rest: Map::new(),
    };
    let access_token = sign_access_token(inner, &claims, target).await?;
    record(inner, request, None, "tokens.issued").await;
    Ok(TokenResponse {
        access_token: access_token.0,
        token_type: "Bearer",
        expires_in: inner.lifetimes.access_token.as_secs(),
        scope: claims.scope,
        refresh_token: None,
        id_token: None,
    })
}

async fn of_person(
    inner: &Inner,
    request: &TokenRequest<'_>,
    current: &Current<'_>,
    target: &Target,
    nonce: Option<&str>,
) -> Result<TokenResponse, RequestError> {
    let (access_token, jti) = access_token(inner, request, current, target).await?;
    let id_token = match current.scopes.contains("openid") {
        true => Some(id_token(inner, request, current, nonce, &access_token).await?),
        false => None,
    };
    if matches!(target, Target::Provider) {
        remember(inner, current, &jti, request.now).await?;
    }
    // What the access token is good for (RFC 6749 section 5.1), and what was granted
    // beside it: OpenID's scopes are about the ID token and the provider.
    let scope = current
        .scopes
        .filtered(|scope| target.owns(scope) || api::is_openid(scope.as_str()));
    Ok(TokenResponse {
        access_token: access_token.0,
        token_type: "Bearer",
        expires_in: inner.lifetimes.access_token.as_secs(),
        scope: scope.to_string(),
        refresh_token: None,
        id_token: id_token.map(|token| token.0),
    })
}

async fn access_token(
    inner: &Inner,
    request: &TokenRequest<'_>,
    current: &Current<'_>,
    target: &Target,
) -> Result<(IssuedToken, String), Failure> {
    let grant = current.grant;
    let client = &request.client.id;
    let rest = match target {
        Target::Provider => Map::new(),
        Target::Api(api) => {
            let target = ReleaseTarget::AccessToken(&api.audience);
            release::claims(inner, client, &current.scopes, &current.profile, target).await?
        }
    };
    let claims = AccessTokenClaims {
        iss: inner.issuer.to_string(),
        sub: grant.subject.to_string(),
        aud: audience(inner, target).to_owned(),
        client_id: client.to_string(),
        iat: request.now.as_secs(),
        exp: expiry(request.now, inner.lifetimes.access_token),
        jti: token_id(inner),
        // An API learns of the scopes that mean something to it.
        scope: current
            .scopes
            .filtered(|scope| target.owns(scope))
            .to_string(),
        auth_time: Some(grant.auth_time.as_secs()),
        acr: Some(grant.acr.clone()),
        amr: grant.amr.clone(),
        sid: None,
        gid: Some(grant.id.to_string()),
        rest,
    };
    let token = sign_access_token(inner, &claims, target).await?;
    Ok((token, claims.jti))
}

async fn id_token(
    inner: &Inner,
    request: &TokenRequest<'_>,
    current: &Current<'_>,
    nonce: Option<&str>,
    access_token: &IssuedToken,
) -> Result<IssuedToken, Failure> {
    let grant = current.grant;
    let client = request.client;
    let claims = IdTokenClaims {
        iss: inner.issuer.to_string(),
        sub: grant.subject.to_string(),
        aud: client.id.to_string(),
        iat: request.now.as_secs(),
        exp: expiry(request.now, inner.lifetimes.id_token),
        auth_time: grant.auth_time.as_secs(),
        nonce: nonce.map(str::to_owned),
        acr: Some(grant.acr.clone()),
        amr: grant.amr.clone(),
        sid: Some(grant.session.to_string()),
        at_hash: Some(at_hash(SigningAlgorithm::Es256, &access_token.0)),
        rest: release::claims(
            inner,
            &client.id,
            &current.scopes,
            &current.profile,
            ReleaseTarget::IdToken,
        )
        .await?,
    };
    let encrypt_to = match client.encrypt_id_token {
        // A client that asked for encryption never gets its ID token in clear.
        true => Some(client.jwks.as_ref().ok_or(TokenError::NoEncryptionKey)?),
        false => None,
    };
    Ok(inner
        .tokens
        .issue(&inner.tenant, TokenSpec::Id(&claims), encrypt_to)
        .await?)
}

/// Encrypted to the API when it has published keys, and never in clear then.
async fn sign_access_token(
    inner: &Inner,
    claims: &AccessTokenClaims,
    target: &Target,
) -> Result<IssuedToken, Failure> {
    let encrypt_to = match target {
        Target::Provider => None,
        Target::Api(api) => api.jwks.as_ref(),
    };
    Ok(inner
        .tokens
        .issue(&inner.tenant, TokenSpec::Access(claims), encrypt_to)
        .await?)
}

/// Keeps a mark of an access token for the provider itself, so that it dies with
/// its grant: at our own endpoints revocation bites at once. A token that is not given
/// out after all leaves a mark that nobody asks for.
async fn remember(
    inner: &Inner,
    current: &Current<'_>,
    jti: &str,
    now: Timestamp,
) -> Result<(), RequestError> {
    let expires_at = now + inner.lifetimes.access_token + SKEW;
    let record = Record {
        kind: Kind::AccessToken,
        key: mark(current.grant.id, jti),
        binding: Some(current.grant.binding()),
        expires_at,
        remembered_until: expires_at,
        version: 0,
        payload: Vec::new(),
    };
    match inner
        .stores
        .state
        .insert(&inner.tenant, record, now)
        .await?
    {
        Inserted::Ok => Ok(()),
        Inserted::Revoked => Err(RequestError::InvalidGrant("the grant was revoked")),
        Inserted::Conflict => Err(Failure::internal("a new access token exists already").into()),
    }
}

/// Where the mark of an access token is.
pub(crate) fn mark(grant: GrantId, jti: &str) -> Key {
    Key {
        route: grant.into(),
        digest: ciam_core::crypto::sha256(jti.as_bytes()),
    }
}

fn audience<'a>(inner: &'a Inner, target: &'a Target) -> &'a str {
    target.audience().unwrap_or(inner.issuer.as_str())
}

fn expiry(now: Timestamp, lifetime: Duration) -> i64 {
    (now + lifetime).as_secs()
}

fn token_id(inner: &Inner) -> String {
    b64url_encode(&random::<16>(inner.entropy.as_ref()))
}

/// Records that tokens are given out.
pub(crate) async fn record(
    inner: &Inner,
    request: &TokenRequest<'_>,
    subject: Option<&SubjectId>,
    kind: &'static str,
) {
    let event = AuditEvent {
        client: Some(request.client.id.to_string()),
        subject: subject.map(SubjectId::to_string),
        ..audit::event(inner, kind, Outcome::Success)
    };
    audit::record(inner, event).await;
}

/// Verifiers tolerate clocks that differ by this much; the mark lives as long.
const SKEW: Duration = Duration::from_secs(30);

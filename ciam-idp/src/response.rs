//! The authorization response (RFC 6749 sections 4.1.2 and 4.1.2.1, RFC 9207).

use bytes::Bytes;
use ciam_core::GrantId;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::store::{Handle, Inserted, Kind, Record, RevokeSelector};
use http::Response;

use crate::audit;
use crate::failure::Failure;
use crate::grant::{CodePayload, to_payload};
use crate::provider::Inner;
use crate::session;
use crate::stage::{GrantedRequest, ValidatedRequest};
use crate::wire;

/// Where an authorization response goes. Made once client and redirect URI are
/// known to belong together.
#[derive(Clone, Debug)]
pub(crate) struct ReturnAddress {
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
}

/// `error` of an authorization response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthorizationError {
    AccessDenied,
    ConsentRequired,
    InvalidAuthorizationDetails,
    InvalidRequest,
    InvalidScope,
    InvalidTarget,
    LoginRequired,
    RegistrationNotSupported,
    RequestNotSupported,
    RequestUriNotSupported,
    ServerError,
    TemporarilyUnavailable,
    UnauthorizedClient,
    UnmetAuthenticationRequirements,
    UnsupportedResponseType,
}

impl AuthorizationError {
    /// As it stands in the response (RFC 6749 section 4.1.2.1, OIDC Core
    /// section 3.1.2.6, RFC 8707 section 2, RFC 9396 section 5).
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::ConsentRequired => "consent_required",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::LoginRequired => "login_required",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::UnsupportedResponseType => "unsupported_response_type",
        }
    }
}

/// Makes the grant, stores the digest of its code and sends the code to the client.
pub(crate) async fn code(
    inner: &Inner,
    granted: GrantedRequest,
) -> Result<Response<Bytes>, Failure> {
    let now = inner.now();
    let address = ReturnAddress::of(granted.authenticated().validated());
    let payload = CodePayload::of(GrantId::generate(inner.entropy.as_ref()), &granted);
    let grant = &payload.grant;
    let handle = Handle::generate(inner.entropy.as_ref(), grant.id.into());
    let expires_at = now + inner.lifetimes.code;
    let record = Record {
        kind: Kind::Code,
        key: handle.key(),
        binding: Some(grant.binding()),
        expires_at,
        remembered_until: expires_at + inner.lifetimes.code_memory,
        version: 0,
        payload: to_payload(&payload)?,
    };
    match inner
        .stores
        .state
        .insert(&inner.tenant, record, now)
        .await?
    {
        Inserted::Ok => {}
        // Fresh random bytes met a stored or revoked grant: the generator is broken.
        Inserted::Conflict | Inserted::Revoked => {
            return Err(Failure::internal("a new grant exists already"));
        }
    }
    // A sign-out at this very moment may have walked past the new grant.
    if !session::is_live(inner, &grant.subject, grant.session, now).await? {
        let selector = RevokeSelector::Grant(grant.id);
        inner
            .stores
            .state
            .revoke(&inner.tenant, &selector, now)
            .await?;
        let description = "the session ended meanwhile";
        return Ok(error_to(
            inner,
            &address,
            AuthorizationError::LoginRequired,
            description,
        ));
    }
    audit::record(
        inner,
        AuditEvent {
            client: Some(grant.client.to_string()),
            subject: Some(grant.subject.to_string()),
            ..audit::event(inner, "code.issued", Outcome::Success)
        },
    )
    .await;
    Ok(redirect(inner, &address, &[("code", &handle.reveal())]))
}

/// Sends an error to the client. `description` is fixed text (RFC 6749 section
/// 4.1.2.1 allows printable ASCII without quote and backslash).
pub(crate) fn error(
    inner: &Inner,
    request: &ValidatedRequest,
    error: AuthorizationError,
    description: &str,
) -> Response<Bytes> {
    error_to(inner, &ReturnAddress::of(request), error, description)
}

/// The same before the whole request is validated.
pub(crate) fn error_to(
    inner: &Inner,
    address: &ReturnAddress,
    error: AuthorizationError,
    description: &str,
) -> Response<Bytes> {
    redirect(
        inner,
        address,
        &[
            ("error", error.as_str()),
            ("error_description", description),
        ],
    )
}

impl ReturnAddress {
    fn of(request: &ValidatedRequest) -> Self {
        Self {
            redirect_uri: request.requested().redirect_uri.clone(),
            state: request.requested().state.clone(),
        }
    }
}

/// Adds the parameters to the redirect URI, whose own query stays as it is
/// (RFC 6749 section 3.1.2), and `state` and `iss` to them (RFC 9207 section 2).
fn redirect(
    inner: &Inner,
    address: &ReturnAddress,
    parameters: &[(&str, &str)],
) -> Response<Bytes> {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(parameters);
    if let Some(state) = &address.state {
        query.append_pair("state", state);
    }
    query.append_pair("iss", inner.issuer.as_str());
    let separator = match address.redirect_uri.split_once('?') {
        None => "?",
        Some((_, "")) => "",
        Some(_) => "&",
    };
    wire::see_other(&format!(
        "{}{separator}{}",
        address.redirect_uri,
        query.finish()
    ))
}

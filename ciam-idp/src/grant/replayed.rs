use ciam_core::GrantId;
use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::store::RevokeSelector;

use super::{RequestError, TokenRequest};
use crate::audit;
use crate::provider::Inner;

/// Something that works once was used again. One of two holders is a thief, and
/// nobody can say which: all tokens of the grant die.
pub(crate) async fn replayed(
    inner: &Inner,
    request: &TokenRequest<'_>,
    grant: Option<GrantId>,
    kind: &'static str,
) -> Result<(), RequestError> {
    if let Some(grant) = grant {
        inner
            .stores
            .state
            .revoke(&inner.tenant, &RevokeSelector::Grant(grant), request.now)
            .await?;
    }
    let event = AuditEvent {
        client: Some(request.client.id.to_string()),
        reason: grant.map(|grant| format!("grant {grant} is revoked")),
        ..audit::event(inner, kind, Outcome::Refused)
    };
    audit::record(inner, event).await;
    Ok(())
}

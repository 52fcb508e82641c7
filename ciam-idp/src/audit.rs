//! Security events of the provider.

use ciam_core::audit::{AuditEvent, Outcome};
use ciam_core::encoding::b64url_encode;
use ciam_core::outside::random;

use crate::provider::Inner;

/// An event of this provider, at this moment; set further fields by struct update.
pub(crate) fn event(inner: &Inner, kind: &'static str, outcome: Outcome) -> AuditEvent {
    AuditEvent {
        at: inner.now(),
        tenant: inner.tenant,
        kind,
        outcome,
        client: None,
        subject: None,
        reason: None,
        correlation: None,
    }
}

/// Keeps the event. A request does not fail because its record cannot be kept:
/// the sink has to complain itself.
pub(crate) async fn record(inner: &Inner, event: AuditEvent) {
    let _unkept = inner.stores.audit.append(&[event]).await;
}

/// A number that leads from an error page to its event.
pub(crate) fn correlation(inner: &Inner) -> String {
    b64url_encode(&random::<9>(inner.entropy.as_ref()))
}

/// The chain of causes as one line without line breaks, for `reason`.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(500)
        .collect()
}

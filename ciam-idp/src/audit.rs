//! Security events of the provider.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ciam_core::Timestamp;
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
    if let Some(event) = inner.anonymous.admit(event) {
        let _unkept = inner.stores.audit.append(&[event]).await;
    }
}

/// What keeps the record of refusals and failures small. Anybody can cause them,
/// without an account and as often as they like, and each would be a row for
/// [`RETENTION`](ciam_core::audit::RETENTION). So of each kind only so many a minute
/// are kept of those that name no subject; the next one says how many were not.
/// What nobody can cause at will is always kept: a replay ends its grant, and a bad
/// document is complained of once.
#[derive(Default)]
pub(crate) struct AnonymousEvents(Mutex<BTreeMap<&'static str, Minute>>);

#[derive(Default)]
struct Minute {
    ends_at: Option<Timestamp>,
    kept: u32,
    dropped: u64,
}

impl AnonymousEvents {
    /// The event, when it is to be kept.
    fn admit(&self, mut event: AuditEvent) -> Option<AuditEvent> {
        if event.outcome == Outcome::Success
            || event.subject.is_some()
            || SELDOM.contains(&event.kind)
        {
            return Some(event);
        }
        let mut kinds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let minute = kinds.entry(event.kind).or_default();
        if minute.ends_at.is_none_or(|end| end <= event.at) {
            minute.ends_at = Some(event.at + MINUTE);
            minute.kept = 0;
        }
        if minute.kept >= A_MINUTE {
            minute.dropped = minute.dropped.saturating_add(1);
            return None;
        }
        minute.kept += 1;
        let dropped = std::mem::take(&mut minute.dropped);
        if dropped > 0 {
            let reason = event.reason.unwrap_or_default();
            event.reason = Some(format!("{reason} ({dropped} before it were not kept)"));
        }
        Some(event)
    }
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

/// What is recorded when something that works once is used again.
pub(crate) const REPLAYED_CODE: &str = "code.replayed";
pub(crate) const REPLAYED_REFRESH_TOKEN: &str = "refresh_token.replayed";
/// What is recorded when an operator's document or API cannot be used.
pub(crate) const SETTINGS_REJECTED: &str = "settings.rejected";
pub(crate) const API_UNUSABLE: &str = "api.unusable";
const SELDOM: [&str; 4] = [
    REPLAYED_CODE,
    REPLAYED_REFRESH_TOKEN,
    SETTINGS_REJECTED,
    API_UNUSABLE,
];

/// Events of a kind that are kept of each minute, in each process.
const A_MINUTE: u32 = 60;
const MINUTE: Duration = Duration::from_secs(60);

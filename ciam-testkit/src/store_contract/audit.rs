//! [`AuditSink`](ciam_core::audit::AuditSink). What it kept is not read back through a port.

use std::time::Duration;

use ciam_core::Stores;
use ciam_core::audit::{AuditEvent, Outcome, RETENTION};

use super::samples::{NOW, race, tenant};

/// Batches of any size are taken, from many at once.
pub async fn events_are_appended(stores: Stores) {
    stores.audit.append(&[]).await.unwrap();
    let event = event();
    race(|number| {
        let audit = stores.audit.clone();
        let batch = vec![event.clone(); number];
        async move { audit.append(&batch).await.unwrap() }
    })
    .await;
}

/// `purge` removes events after [`RETENTION`], and not before.
pub async fn events_are_kept_for_the_retention(stores: Stores) {
    let batch = [event(), event(), event()];
    stores.audit.append(&batch).await.unwrap();
    let purge = async |after: Duration, limit| {
        let purged = stores.state.purge(NOW + after, limit).await;
        purged.unwrap()
    };
    assert_eq!(purge(RETENTION - Duration::from_millis(1), 10).await, 0);
    assert_eq!(purge(RETENTION, 2).await, 2);
    assert_eq!(purge(RETENTION, 2).await, 1);
    assert_eq!(purge(RETENTION, 2).await, 0);
}

fn event() -> AuditEvent {
    AuditEvent {
        at: NOW,
        tenant: tenant(),
        kind: "code.replayed",
        outcome: Outcome::Refused,
        client: Some("shop".to_owned()),
        subject: None,
        reason: Some("used before".to_owned()),
        correlation: Some("0123".to_owned()),
    }
}

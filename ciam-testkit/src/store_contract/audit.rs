//! [`AuditSink`](ciam_core::audit::AuditSink). What it kept is not read back through a port.

use ciam_core::Stores;
use ciam_core::audit::{AuditEvent, Outcome};

use super::samples::{NOW, race, tenant};

/// Batches of any size are taken, from many at once.
pub async fn events_are_appended(stores: Stores) {
    stores.audit.append(&[]).await.unwrap();
    let event = AuditEvent {
        at: NOW,
        tenant: tenant(),
        kind: "code.replayed",
        outcome: Outcome::Refused,
        client: Some("shop".to_owned()),
        subject: None,
        reason: Some("used before".to_owned()),
        correlation: Some("0123".to_owned()),
    };
    race(|number| {
        let audit = stores.audit.clone();
        let batch = vec![event.clone(); number];
        async move { audit.append(&batch).await.unwrap() }
    })
    .await;
}

//! Sessions of people with the provider.

use serde::{Deserialize, Serialize};

use crate::crypto::Digest;
use crate::id::{SessionId, SubjectId};
use crate::time::Timestamp;

/// Digest of the cookie's secret value; the store never sees the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionKey(pub Digest);

/// A person signed in with one browser.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The public name (`sid`).
    pub id: SessionId,
    /// Who.
    pub subject: SubjectId,
    /// When they last proved it (`auth_time`).
    pub auth_time: Timestamp,
    /// How strongly (`acr`).
    pub acr: String,
    /// By what means (`amr`, RFC 8176).
    pub amr: Vec<String>,
    /// The connection they came through; none for a local method.
    pub connection: Option<String>,
    /// When the session was begun.
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// When it ends if nothing happens.
    pub idle_until: Timestamp,
    /// Raised with each change.
    pub version: u64,
}

impl Session {
    /// Whether it is still good at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.idle_until
    }
}

/// Which sessions to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionSelector {
    /// This one.
    Session(SessionId),
    /// All of a subject.
    Subject(SubjectId),
}

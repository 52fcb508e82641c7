//! Who came back from another provider.

use std::fmt;

use ciam_core::{Attributes, ConnectionId, Timestamp};

/// What a connector found out, before the pipeline: its attributes may be
/// sensitive, so it stays inside the broker.
#[derive(Clone, PartialEq)]
pub struct UpstreamIdentity {
    /// The provider, by its issuer identifier.
    pub issuer: String,
    /// The person, unique at that issuer alone.
    pub subject: String,
    /// How strongly they were authenticated, in our words.
    pub acr: String,
    /// By what means, as the provider says.
    pub amr: Vec<String>,
    /// When they were authenticated there, if it says so.
    pub auth_time: Option<Timestamp>,
    /// What the provider says of them.
    pub attributes: Attributes,
}

/// A person as they come out of the broker. No attribute is sensitive.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct ExternalIdentity {
    /// The connection they came through.
    pub connection: ConnectionId,
    /// The provider, by its issuer identifier.
    pub issuer: String,
    /// The person, unique at that issuer alone. An e-mail address is never this.
    pub subject: String,
    /// How strongly they were authenticated, in our words.
    pub acr: String,
    /// By what means, as the provider says.
    pub amr: Vec<String>,
    /// When they were authenticated there, if it says so.
    pub auth_time: Option<Timestamp>,
    /// What is known of them after the pipeline.
    pub attributes: Attributes,
}

impl fmt::Debug for UpstreamIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UpstreamIdentity")
            .field("issuer", &self.issuer)
            .field("acr", &self.acr)
            .field("attributes", &names(&self.attributes))
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ExternalIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalIdentity")
            .field("connection", &self.connection)
            .field("issuer", &self.issuer)
            .field("acr", &self.acr)
            .field("attributes", &names(&self.attributes))
            .finish_non_exhaustive()
    }
}

/// The values are personal; their names are enough in a log.
fn names(attributes: &Attributes) -> Vec<&str> {
    attributes.iter().map(|(name, _)| name.as_str()).collect()
}

//! Who came back from another provider.

use std::fmt;

use ciam_core::{Attributes, ConnectionId, TenantId, Timestamp};

use crate::broker::BrokerError;
use crate::pipeline::{Pipeline, PipelineContext};

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
    /// By what means: of what the provider says, what its connection believes.
    pub amr: Vec<String>,
    /// When they were authenticated there, if it says so.
    pub auth_time: Option<Timestamp>,
    /// What the provider says of them.
    pub attributes: Attributes,
}

/// Who came back, before anybody decided whether they may come in. What the
/// provider says of them may be sensitive, so it cannot be read and nothing of it
/// is stored until [`admit`](Self::admit).
pub struct VerifiedIdentity<'a> {
    connection: ConnectionId,
    upstream: UpstreamIdentity,
    pipeline: &'a Pipeline,
}

impl<'a> VerifiedIdentity<'a> {
    pub(crate) const fn new(
        connection: ConnectionId,
        upstream: UpstreamIdentity,
        pipeline: &'a Pipeline,
    ) -> Self {
        Self {
            connection,
            upstream,
            pipeline,
        }
    }

    /// The connection they came through.
    pub const fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    /// The provider, by its issuer identifier.
    pub fn issuer(&self) -> &str {
        &self.upstream.issuer
    }

    /// The person, unique at that issuer alone.
    pub fn subject(&self) -> &str {
        &self.upstream.subject
    }

    /// How strongly they were authenticated, in our words.
    pub fn acr(&self) -> &str {
        &self.upstream.acr
    }

    /// Runs the pipeline: sensitive values go to the vault, are masked or dropped.
    /// Called for somebody who may come in, and not before that is known.
    ///
    /// # Errors
    /// [`BrokerError::Pipeline`] when a step fails or a sensitive attribute would
    /// get through.
    pub async fn admit(
        self,
        tenant: &TenantId,
        now: Timestamp,
    ) -> Result<ExternalIdentity, BrokerError> {
        let context = PipelineContext {
            tenant: *tenant,
            now,
        };
        let upstream = self.upstream;
        Ok(ExternalIdentity {
            connection: self.connection,
            issuer: upstream.issuer,
            subject: upstream.subject,
            acr: upstream.acr,
            amr: upstream.amr,
            auth_time: upstream.auth_time,
            attributes: self.pipeline.run(&context, upstream.attributes).await?,
        })
    }
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
    /// By what means: of what the provider says, what its connection believes.
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

impl fmt::Debug for VerifiedIdentity<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedIdentity")
            .field("connection", &self.connection)
            .field("upstream", &self.upstream)
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

//! Pipelines: what happens to the attributes of an upstream identity.

use std::fmt;

use async_trait::async_trait;
use ciam_core::{AttributeName, Attributes, Sensitivity, TenantId, Timestamp};

mod compile;
mod document;
mod transform;

pub use compile::Pipelines;
pub use document::{MaskStep, PipelineDocument, PipelinesSettings, RenameStep, Step, TokenizeStep};

use crate::name::PipelineName;
use crate::tokenize::TokenizeError;

/// For whom and when a pipeline runs.
#[derive(Clone, Copy, Debug)]
pub struct PipelineContext {
    /// The tenant.
    pub tenant: TenantId,
    /// The present moment.
    pub now: Timestamp,
}

/// Why attributes did not get through. The text names attributes, never values.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// A sensitive value would have got through.
    #[error("attribute `{0}` is sensitive and no step tokenizes, masks or drops it")]
    SensitiveLeft(AttributeName),
    /// A step cannot handle the value it found.
    #[error("attribute `{attribute}`: {problem}")]
    Value {
        /// Which attribute.
        attribute: AttributeName,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The vault failed.
    #[error("attribute `{attribute}` could not be tokenized")]
    Tokenize {
        /// Which attribute.
        attribute: AttributeName,
        /// Why.
        #[source]
        cause: TokenizeError,
    },
    /// The connection names a pipeline that is not there.
    #[error("there is no pipeline `{0}`")]
    NoPipeline(PipelineName),
}

impl PipelineError {
    /// Whether trying again later may help.
    pub const fn is_unavailable(&self) -> bool {
        match self {
            Self::Tokenize { cause, .. } => cause.is_unavailable(),
            _ => false,
        }
    }
}

/// One step: changes attributes in place. A missing attribute is left missing.
#[async_trait]
pub trait Transform: Send + Sync + 'static {
    /// Changes `attributes`.
    ///
    /// # Errors
    /// [`PipelineError`]: the sign-in then fails.
    async fn apply(
        &self,
        context: &PipelineContext,
        attributes: &mut Attributes,
    ) -> Result<(), PipelineError>;
}

/// Steps, ready to run.
#[derive(Default)]
pub struct Pipeline {
    steps: Vec<Box<dyn Transform>>,
}

impl Pipeline {
    /// These steps, in this order.
    pub fn new(steps: Vec<Box<dyn Transform>>) -> Self {
        Self { steps }
    }

    /// Runs all steps. What comes out has no sensitive value.
    ///
    /// # Errors
    /// [`PipelineError`] of the first step that failed, or
    /// [`PipelineError::SensitiveLeft`] with the attribute that nothing was
    /// done about.
    pub async fn run(
        &self,
        context: &PipelineContext,
        mut attributes: Attributes,
    ) -> Result<Attributes, PipelineError> {
        for step in &self.steps {
            step.apply(context, &mut attributes).await?;
        }
        let left = attributes
            .iter()
            .find(|(_, attribute)| attribute.sensitivity() == Sensitivity::Sensitive);
        match left {
            Some((name, _)) => Err(PipelineError::SensitiveLeft(name.clone())),
            None => Ok(attributes),
        }
    }
}

impl fmt::Debug for Pipeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipeline")
            .field("steps", &self.steps.len())
            .finish()
    }
}

//! From documents to steps that run.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::document::{PipelineDocument, PipelinesSettings, Step};
use super::transform::{Drop, Mask, Rename, Tokenize};
use super::{Pipeline, PipelineError, Transform};
use crate::connection::Connection;
use crate::name::PipelineName;
use crate::tokenize::Tokenizer;

/// The pipelines of one revision, ready to run.
#[derive(Default)]
pub struct Pipelines {
    by_name: BTreeMap<PipelineName, Pipeline>,
    /// For connections without a pipeline: does nothing, and so lets nothing sensitive through.
    empty: Pipeline,
}

impl Pipelines {
    /// Makes steps of a document that was read by [`PipelinesSettings::parse`].
    pub fn compile(settings: &PipelinesSettings, tokenizer: &Arc<dyn Tokenizer>) -> Self {
        let by_name = settings
            .pipelines
            .iter()
            .map(|(name, document)| (name.clone(), pipeline(document, tokenizer)))
            .collect();
        Self {
            by_name,
            empty: Pipeline::default(),
        }
    }

    /// The pipeline that a connection names; an empty one when it names none.
    ///
    /// # Errors
    /// [`PipelineError::NoPipeline`] when it is not there.
    pub fn for_connection(&self, connection: &Connection) -> Result<&Pipeline, PipelineError> {
        let Some(name) = &connection.pipeline else {
            return Ok(&self.empty);
        };
        self.by_name
            .get(name)
            .ok_or_else(|| PipelineError::NoPipeline(name.clone()))
    }
}

fn pipeline(document: &PipelineDocument, tokenizer: &Arc<dyn Tokenizer>) -> Pipeline {
    let step = |step: &Step| -> Box<dyn Transform> {
        match step.clone() {
            Step::Rename(step) => Box::new(Rename(step)),
            Step::Drop(names) => Box::new(Drop(names)),
            Step::Mask(step) => Box::new(Mask(step)),
            Step::Tokenize(step) => Box::new(Tokenize::new(step, tokenizer.clone())),
        }
    };
    Pipeline::new(document.steps.iter().map(step).collect())
}

impl fmt::Debug for Pipelines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pipelines")
            .field("names", &self.by_name.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

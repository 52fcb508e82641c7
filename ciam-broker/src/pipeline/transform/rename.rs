//! `rename`.

use async_trait::async_trait;
use ciam_core::Attributes;

use crate::pipeline::{PipelineContext, PipelineError, RenameStep, Transform};

pub(crate) struct Rename(pub(crate) RenameStep);

#[async_trait]
impl Transform for Rename {
    async fn apply(
        &self,
        _: &PipelineContext,
        attributes: &mut Attributes,
    ) -> Result<(), PipelineError> {
        if let Some(attribute) = attributes.remove(self.0.from.as_str()) {
            attributes.insert(self.0.to.clone(), attribute);
        }
        Ok(())
    }
}

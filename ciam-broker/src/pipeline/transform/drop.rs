//! `drop`.

use async_trait::async_trait;
use ciam_core::{AttributeName, Attributes};

use crate::pipeline::{PipelineContext, PipelineError, Transform};

pub(crate) struct Drop(pub(crate) Vec<AttributeName>);

#[async_trait]
impl Transform for Drop {
    async fn apply(
        &self,
        _: &PipelineContext,
        attributes: &mut Attributes,
    ) -> Result<(), PipelineError> {
        for name in &self.0 {
            attributes.remove(name.as_str());
        }
        Ok(())
    }
}

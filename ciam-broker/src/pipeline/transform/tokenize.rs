//! `tokenize`.

use std::sync::Arc;

use async_trait::async_trait;
use ciam_core::{Attributes, Sensitivity};
use serde_json::Value;

use crate::pipeline::{PipelineContext, PipelineError, TokenizeStep, Transform};
use crate::tokenize::Tokenizer;

pub(crate) struct Tokenize {
    step: TokenizeStep,
    tokenizer: Arc<dyn Tokenizer>,
}

impl Tokenize {
    pub(crate) fn new(step: TokenizeStep, tokenizer: Arc<dyn Tokenizer>) -> Self {
        Self { step, tokenizer }
    }
}

#[async_trait]
impl Transform for Tokenize {
    async fn apply(
        &self,
        context: &PipelineContext,
        attributes: &mut Attributes,
    ) -> Result<(), PipelineError> {
        // Taken out first: if the vault fails, the clear value is gone with the error.
        let Some(mut attribute) = attributes.remove(self.step.attribute.as_str()) else {
            return Ok(());
        };
        for value in &mut attribute.values {
            let surrogate = self
                .tokenizer
                .tokenize(
                    &context.tenant,
                    &self.step.domain,
                    &value.value,
                    context.now,
                )
                .await
                .map_err(|cause| PipelineError::Tokenize {
                    attribute: self.step.attribute.clone(),
                    cause,
                })?;
            value.value = Value::String(surrogate);
            value.sensitivity = Sensitivity::Public;
        }
        let name = self.step.to.as_ref().unwrap_or(&self.step.attribute);
        attributes.insert(name.clone(), attribute);
        Ok(())
    }
}

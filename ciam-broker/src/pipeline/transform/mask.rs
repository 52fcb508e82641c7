//! `mask`.

use async_trait::async_trait;
use ciam_core::{Attributes, Sensitivity};
use serde_json::Value;

use crate::pipeline::{MaskStep, PipelineContext, PipelineError, Transform};

pub(crate) struct Mask(pub(crate) MaskStep);

#[async_trait]
impl Transform for Mask {
    async fn apply(
        &self,
        _: &PipelineContext,
        attributes: &mut Attributes,
    ) -> Result<(), PipelineError> {
        let Some(mut attribute) = attributes.remove(self.0.attribute.as_str()) else {
            return Ok(());
        };
        for value in &mut attribute.values {
            let text = match &value.value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => {
                    return Err(PipelineError::Value {
                        attribute: self.0.attribute.clone(),
                        problem: "only a text or a number can be masked",
                    });
                }
            };
            value.value = Value::String(masked(&text, self.0.keep_last));
            value.sensitivity = value.sensitivity.min(Sensitivity::Personal);
        }
        attributes.insert(self.0.attribute.clone(), attribute);
        Ok(())
    }
}

/// Characters, not bytes. A short text would be guessable from its end, so never
/// more than a quarter of it stays.
fn masked(text: &str, keep_last: usize) -> String {
    let length = text.chars().count();
    let hidden = length - keep_last.min(length / 4);
    text.chars()
        .enumerate()
        .map(|(index, character)| if index < hidden { '*' } else { character })
        .collect()
}

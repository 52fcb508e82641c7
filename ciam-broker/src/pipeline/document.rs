//! Pipelines as an operator writes them.

use std::collections::BTreeMap;

use ciam_core::AttributeName;
use ciam_core::settings::SettingsKind;
use serde::{Deserialize, Serialize};

use crate::document::{self, DocumentError};
use crate::name::{PipelineName, TokenDomain};
use crate::reserved::is_reserved;

/// The document of [`SettingsKind::Pipelines`].
///
/// ```
/// use ciam_broker::PipelinesSettings;
///
/// PipelinesSettings::parse(r#"{"pipelines": {"bank": {"steps": [
///     {"rename": {"from": "birthdate", "to": "birth_date"}},
///     {"drop": ["phone_number"]},
///     {"mask": {"attribute": "iban", "keep_last": 4}},
///     {"tokenize": {"attribute": "national_id", "domain": "national_id", "to": "person"}}
/// ]}}}"#)?;
/// # Ok::<(), ciam_broker::DocumentError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelinesSettings {
    /// By name.
    #[serde(default)]
    pub pipelines: BTreeMap<PipelineName, PipelineDocument>,
}

/// One pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineDocument {
    /// In the order they run; at most 200.
    pub steps: Vec<Step>,
}

/// One step. The list is closed: a pipeline is data, not a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Step {
    /// Gives an attribute another name.
    Rename(RenameStep),
    /// Removes attributes.
    Drop(Vec<AttributeName>),
    /// Hides all but the last characters of a text.
    Mask(MaskStep),
    /// Puts a surrogate in place of a value.
    Tokenize(TokenizeStep),
}

/// Gives an attribute another name; one that already has it is replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RenameStep {
    /// The name it has.
    pub from: AttributeName,
    /// The name it gets.
    pub to: AttributeName,
}

/// Hides all but the last characters of a text or number, and makes it personal
/// instead of sensitive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MaskStep {
    /// Which attribute.
    pub attribute: AttributeName,
    /// How many characters stay readable: at most 8, and never more than a
    /// quarter of the text.
    #[serde(default)]
    pub keep_last: usize,
}

/// Puts a surrogate in place of a value. The surrogate is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenizeStep {
    /// Which attribute.
    pub attribute: AttributeName,
    /// Surrogates of one domain can be compared with each other, others not.
    pub domain: TokenDomain,
    /// The name the surrogate gets; else it has the attribute's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<AttributeName>,
}

impl PipelinesSettings {
    /// Where it is stored.
    pub const KIND: SettingsKind = SettingsKind::Pipelines;

    /// Reads and checks a document.
    ///
    /// # Errors
    /// [`DocumentError`] with the first mistake.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let settings: Self = document::parse(text)?;
        for (name, pipeline) in &settings.pipelines {
            pipeline.check(name)?;
        }
        Ok(settings)
    }

    /// As JSON, to be published.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }
}

impl PipelineDocument {
    fn check(&self, name: &PipelineName) -> Result<(), DocumentError> {
        if self.steps.len() > MAX_STEPS {
            let path = format!("pipelines.{name}.steps");
            let problem = format!("more than {MAX_STEPS} steps");
            return Err(DocumentError::invalid(path, problem));
        }
        for (index, step) in self.steps.iter().enumerate() {
            step.check(&format!("pipelines.{name}.steps[{index}]"))?;
        }
        Ok(())
    }
}

impl Step {
    fn check(&self, path: &str) -> Result<(), DocumentError> {
        match self {
            Self::Rename(step) => check_target(format!("{path}.rename.to"), &step.to),
            Self::Drop(_) => Ok(()),
            Self::Mask(step) if step.keep_last > MAX_KEPT => Err(DocumentError::invalid(
                format!("{path}.mask.keep_last"),
                format!("at most {MAX_KEPT} characters may stay readable"),
            )),
            Self::Mask(_) => Ok(()),
            Self::Tokenize(step) => match &step.to {
                Some(to) => check_target(format!("{path}.tokenize.to"), to),
                None => Ok(()),
            },
        }
    }
}

fn check_target(path: String, name: &AttributeName) -> Result<(), DocumentError> {
    if is_reserved(name.as_str()) {
        let problem = format!("`{name}` belongs to the protocol and cannot be an attribute");
        return Err(DocumentError::invalid(path, problem));
    }
    Ok(())
}

const MAX_STEPS: usize = 200;
const MAX_KEPT: usize = 8;

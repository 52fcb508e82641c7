//! Reading stored documents, so that a mistake is found without a manual.

use serde::de::DeserializeOwned;

/// What is wrong with a document, and where.
///
/// Paths are written as in `connections[0].issuer`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It is not JSON.
    #[error("not JSON: {0}")]
    Syntax(#[source] serde_json::Error),
    /// There is no such name at that place.
    #[error("`{path}`: unknown name `{name}`{}", hint(.nearest.as_deref()))]
    Unknown {
        /// Where.
        path: String,
        /// What stands there.
        name: String,
        /// The valid name that is most alike.
        nearest: Option<String>,
    },
    /// The value there is not one that can be.
    #[error("`{path}`: {problem}")]
    Invalid {
        /// Where.
        path: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl DocumentError {
    /// The value at `path` cannot be.
    pub fn invalid(path: impl Into<String>, problem: impl Into<String>) -> Self {
        Self::Invalid {
            path: path.into(),
            problem: problem.into(),
        }
    }

    /// The name at `path` is none of `valid`.
    pub fn unknown<'a>(
        path: impl Into<String>,
        name: &str,
        valid: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self::Unknown {
            path: path.into(),
            name: name.to_owned(),
            nearest: nearest(name, valid).map(str::to_owned),
        }
    }
}

/// Reads a JSON document. The type denies unknown fields; this says where one
/// is, and which valid name is nearest to it.
///
/// # Errors
/// [`DocumentError`] with the first mistake.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, DocumentError> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let document = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        refuse(path, error.into_inner())
    })?;
    reader.end().map_err(DocumentError::Syntax)?;
    Ok(document)
}

fn refuse(path: String, error: serde_json::Error) -> DocumentError {
    if !error.is_data() {
        return DocumentError::Syntax(error);
    }
    let text = error.to_string();
    match unknown_name(&text) {
        Some((name, valid)) => DocumentError::unknown(path, name, valid),
        None => DocumentError::invalid(path, text),
    }
}

/// The name and the valid ones in serde's sentence about an unknown field or variant.
fn unknown_name(text: &str) -> Option<(&str, Vec<&str>)> {
    let rest = text
        .strip_prefix("unknown field `")
        .or_else(|| text.strip_prefix("unknown variant `"))?;
    let (name, expected) = rest.split_once("`, ")?;
    // Every second piece is between backticks.
    Some((name, expected.split('`').skip(1).step_by(2).collect()))
}

fn nearest<'a>(name: &str, valid: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    valid
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate)
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!(", did you mean `{name}`?"))
}

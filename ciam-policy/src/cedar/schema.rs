//! The schema, put together from its texts.

use cedar_policy::{Schema, SchemaFragment};
use serde_json::Value;

use super::declared::Declarations;
use super::diagnostic::{Diagnostic, Text};

/// The schema and what it declares; none when a problem was found.
pub(super) fn read_schema(
    texts: &[Text],
    problems: &mut Vec<Diagnostic>,
) -> Option<(Schema, Declarations)> {
    let before = problems.len();
    let mut fragments = Vec::new();
    for text in texts {
        match SchemaFragment::from_cedarschema_str(&text.text) {
            Ok((fragment, _)) => fragments.push(fragment),
            Err(error) => text.problems(&error, problems),
        }
    }
    if problems.len() > before {
        return None;
    }
    let whole = Text {
        name: "schema".to_owned(),
        text: String::new(),
    };
    let mut json = json_of(&fragments);
    if !json.iter().any(declares_claims)
        && let Ok((empty, _)) = SchemaFragment::from_cedarschema_str("type Claims = {};")
    {
        fragments.push(empty);
        json = json_of(&fragments);
    }
    let schema = match Schema::from_schema_fragments(fragments) {
        Ok(schema) => schema,
        Err(error) => {
            whole.problems(&error, problems);
            return None;
        }
    };
    match Declarations::read(&json) {
        Ok(declared) => Some((schema, declared)),
        Err(message) => {
            problems.push(whole.problem(None, message));
            None
        }
    }
}

fn json_of(fragments: &[SchemaFragment]) -> Vec<Value> {
    fragments
        .iter()
        .filter_map(|fragment| fragment.clone().to_json_value().ok())
        .collect()
}

fn declares_claims(fragment: &Value) -> bool {
    fragment.pointer("//commonTypes/Claims").is_some()
}

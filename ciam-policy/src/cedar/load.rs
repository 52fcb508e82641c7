//! Schemas and policies from text and files, and everything that is wrong with them.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use cedar_policy::{Effect, Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};

use super::PRINCIPAL_SCHEMA;
use super::declared::Declarations;
use super::diagnostic::{Diagnostic, LoadError, Text};
use super::schema::read_schema;
use crate::decision::PolicyRef;

/// Which schemas and policies to load; made by [`CedarEngine::builder`](super::CedarEngine::builder).
#[derive(Clone, Debug, Default)]
pub struct Builder {
    schemas: Vec<String>,
    policies: Vec<Text>,
    directories: Vec<PathBuf>,
}

impl Builder {
    /// Adds a schema in Cedar's schema language.
    #[must_use]
    pub fn schema_text(mut self, text: impl Into<String>) -> Self {
        self.schemas.push(text.into());
        self
    }

    /// Adds policies; `name` stands in diagnostics and in the ids of policies without `@id`.
    #[must_use]
    pub fn policy_text(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.policies.push(Text {
            name: name.into(),
            text: text.into(),
        });
        self
    }

    /// Adds all `*.cedar` and `*.cedarschema` files of a directory (not of those
    /// below it), in alphabetical order. It must hold at least one `*.cedar` file.
    #[must_use]
    pub fn policies_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.directories.push(path.into());
        self
    }

    pub(super) fn load(&self) -> Result<PolicyStore, LoadError> {
        let mut problems = Vec::new();
        let mut schemas = vec![Text {
            name: "principal.cedarschema".to_owned(),
            text: PRINCIPAL_SCHEMA.to_owned(),
        }];
        schemas.extend(self.schemas.iter().enumerate().map(|(index, text)| Text {
            name: format!("schema text {}", index + 1),
            text: text.clone(),
        }));
        let mut policies = self.policies.clone();
        for directory in &self.directories {
            read_directory(directory, &mut schemas, &mut policies, &mut problems);
        }

        let schema = read_schema(&schemas, &mut problems);
        let mut loading = Loading::default();
        for text in &policies {
            loading.read(text, &mut problems);
        }
        if let Some((schema, _)) = &schema {
            loading.validate(schema, &policies, &mut problems);
        }
        match schema {
            Some((schema, declared)) if problems.is_empty() => Ok(PolicyStore {
                schema,
                declared,
                policies: loading.policies,
                permits: loading.permits,
                refs: loading.refs,
            }),
            _ => Err(LoadError {
                diagnostics: problems,
            }),
        }
    }
}

/// Policies in force.
pub(super) struct PolicyStore {
    pub(super) schema: Schema,
    pub(super) declared: Declarations,
    pub(super) policies: PolicySet,
    /// Those of them that permit, for "would it be permitted without the forbids?".
    pub(super) permits: PolicySet,
    pub(super) refs: HashMap<PolicyId, PolicyRef>,
}

/// Policies that have been read so far.
#[derive(Default)]
struct Loading {
    policies: PolicySet,
    permits: PolicySet,
    refs: HashMap<PolicyId, PolicyRef>,
    /// Which text a policy comes from.
    origin: HashMap<PolicyId, String>,
}

impl Loading {
    fn read(&mut self, text: &Text, problems: &mut Vec<Diagnostic>) {
        let parsed: PolicySet = match text.text.parse() {
            Ok(parsed) => parsed,
            Err(errors) => return text.problems(&errors as &cedar_policy::ParseErrors, problems),
        };
        for template in parsed.templates() {
            let message = format!(
                "template `{}`: templates with slots are not supported",
                template.id()
            );
            problems.push(text.problem(None, message));
        }
        let mut policies: Vec<_> = parsed.policies().cloned().collect();
        policies.sort_by_key(place);
        for (index, policy) in policies.iter().enumerate() {
            let id = policy
                .annotation("id")
                .filter(|id| !id.is_empty())
                .map_or_else(|| format!("{}#{}", text.name, index + 1), str::to_owned);
            let annotations: BTreeMap<_, _> = policy
                .annotations()
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .collect();
            check_annotations(text, policy.effect(), &annotations, problems);
            let policy_id = PolicyId::new(&id);
            let policy = policy.new_id(policy_id.clone());
            let permit = (policy.effect() == Effect::Permit).then(|| policy.clone());
            if self.policies.add(policy).is_err() {
                let at = text.text.rfind(&format!("\"{id}\""));
                problems.push(text.problem(at, format!("there are two policies named `{id}`")));
                continue;
            }
            if let Some(permit) = permit {
                // It has just been added under the same name, so this cannot collide.
                self.permits.add(permit).ok();
            }
            self.origin.insert(policy_id.clone(), text.name.clone());
            self.refs.insert(policy_id, PolicyRef { id, annotations });
        }
    }

    fn validate(&self, schema: &Schema, texts: &[Text], problems: &mut Vec<Diagnostic>) {
        let validator = Validator::new(schema.clone());
        let result = validator.validate(&self.policies, ValidationMode::Strict);
        let mut found = Vec::new();
        for error in result.validation_errors() {
            let origin = self.origin.get(error.policy_id());
            if let Some(text) = texts.iter().find(|text| Some(&text.name) == origin) {
                text.problems(error, &mut found);
            }
        }
        if found.is_empty() && !result.validation_passed() {
            found.push(Diagnostic {
                file: "policies".to_owned(),
                line: None,
                message: "they do not fit the schema".to_owned(),
            });
        }
        found.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        problems.append(&mut found);
    }
}

/// The parser numbers the policies of a text: `policy0`, `policy1`, …
fn place(policy: &Policy) -> usize {
    let id = policy.id().to_string();
    id.strip_prefix("policy")
        .and_then(|number| number.parse().ok())
        .unwrap_or(usize::MAX)
}

fn check_annotations(
    text: &Text,
    effect: Effect,
    annotations: &BTreeMap<String, String>,
    problems: &mut Vec<Diagnostic>,
) {
    for name in ["acr", "max_age", "reason"] {
        let Some(value) = annotations.get(name) else {
            continue;
        };
        let fits = match name {
            "acr" => crate::guard::is_acr_list(value),
            "max_age" => value.trim().parse::<u64>().is_ok(),
            _ => !value.trim().is_empty(),
        };
        let message = if effect == Effect::Permit {
            format!("`@{name}` has a meaning on `forbid` alone")
        } else if fits {
            continue;
        } else {
            format!("`@{name}(\"{value}\")` has no meaning")
        };
        let at = text.text.find(&format!("@{name}(\"{value}\")"));
        problems.push(text.problem(at, message));
    }
}

fn read_directory(
    directory: &Path,
    schemas: &mut Vec<Text>,
    policies: &mut Vec<Text>,
    problems: &mut Vec<Diagnostic>,
) {
    let mut problem = |path: &Path, message: String| {
        problems.push(Diagnostic {
            file: path.display().to_string(),
            line: None,
            message,
        });
    };
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => return problem(directory, error.to_string()),
    };
    let mut files = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => files.push(entry.path()),
            Err(error) => problem(directory, error.to_string()),
        }
    }
    files.sort();
    let mut any = false;
    for path in files {
        let into = match path.extension().and_then(|extension| extension.to_str()) {
            Some("cedar") => {
                any = true;
                &mut *policies
            }
            Some("cedarschema") => &mut *schemas,
            _ => continue,
        };
        match std::fs::read_to_string(&path) {
            Ok(text) => into.push(Text {
                name: file_name(&path),
                text,
            }),
            Err(error) => problem(&path, error.to_string()),
        }
    }
    if !any {
        problem(directory, "there is no `*.cedar` file".to_owned());
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}

//! What is wrong with schemas and policies, with file and line.

use std::fmt;

/// Everything that is wrong with schemas and policies, one line each as `Display`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.diagnostics))]
pub struct LoadError {
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl LoadError {
    /// All problems, in the order of the files.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, or the name the text was given.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

/// A text with the name to report it under.
#[derive(Clone, Debug)]
pub(super) struct Text {
    pub(super) name: String,
    pub(super) text: String,
}

impl Text {
    pub(super) fn problem(&self, at: Option<usize>, message: impl Into<String>) -> Diagnostic {
        let line = at.and_then(|at| self.text.get(..at));
        Diagnostic {
            file: self.name.clone(),
            line: line.map(|before| before.matches('\n').count() + 1),
            // One problem is one line.
            message: message.into().replace('\n', " "),
        }
    }

    /// All that one of Cedar's errors has to say.
    pub(super) fn problems(&self, error: &dyn miette::Diagnostic, problems: &mut Vec<Diagnostic>) {
        let label = error.labels().and_then(|mut labels| labels.next());
        let mut message = error.to_string();
        let details = label.as_ref().and_then(miette::LabeledSpan::label);
        let help = error.help().map(|help| help.to_string());
        for part in details.map(str::to_owned).into_iter().chain(help) {
            message.push_str("; ");
            message.push_str(&part);
        }
        problems.push(self.problem(label.map(|label| label.offset()), message));
        for related in error.related().into_iter().flatten() {
            self.problems(related, problems);
        }
    }
}

fn lines(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

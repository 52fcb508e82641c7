//! What stops the program, as one line that says what to do.

use std::error::Error;
use std::fmt;

/// One clear line. The program ends with status 2 after it.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl Problem {
    pub(crate) fn new(line: impl Into<String>) -> Self {
        Self(line.into())
    }

    /// What failed, and why in the words of its cause and the causes of that.
    pub(crate) fn caused(what: impl fmt::Display, cause: &dyn Error) -> Self {
        Self(format!("{what}: {}", chain(cause)))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Problem {}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let text = cause.to_string();
        // Some errors repeat their cause in their own text.
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        next = cause.source();
    }
    line.replace(['\n', '\r'], " ")
}

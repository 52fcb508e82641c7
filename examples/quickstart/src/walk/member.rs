//! Members of JSON answers.

use serde_json::Value;

/// Reads members by name.
pub(super) trait Members {
    /// The member; null when there is none.
    fn at(&self, name: &str) -> &Value;

    /// The member's text; empty when there is none.
    fn text(&self, name: &str) -> &str {
        self.at(name).as_str().unwrap_or_default()
    }
}

impl Members for Value {
    fn at(&self, name: &str) -> &Value {
        self.get(name).unwrap_or(&Self::Null)
    }
}

//! Which scope an action needs.

use std::collections::BTreeMap;

use ciam_core::Scope;

/// Scopes by action. Scopes say which functions are available at all; whether
/// this principal may use one on this resource is for policies, which come first.
///
/// ```
/// use ciam_policy::ScopeMap;
///
/// let mut scopes = ScopeMap::new();
/// scopes.insert("read", "orders:read".parse()?);
/// assert_eq!(scopes.scope_for("read").map(|s| s.as_str()), Some("orders:read"));
/// assert_eq!(scopes.scope_for("write"), None);
/// # Ok::<(), ciam_core::scope::ScopeError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeMap(BTreeMap<String, Scope>);

impl ScopeMap {
    /// No action needs a scope.
    pub fn new() -> Self {
        Self::default()
    }

    /// `action` needs `scope`, in place of one named before.
    pub fn insert(&mut self, action: impl Into<String>, scope: Scope) {
        self.0.insert(action.into(), scope);
    }

    /// The scope that `action` needs; none when it needs none.
    pub fn scope_for(&self, action: &str) -> Option<&Scope> {
        self.0.get(action)
    }
}

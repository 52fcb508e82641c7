//! Settings: versioned documents that an operator changes while everything runs.

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// Which settings a document holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SettingsKind {
    /// Connections and sign-in options: what the discovery screen offers.
    SignIn,
    /// Pipelines of the broker.
    Pipelines,
    /// Release rules: which attributes leave for which client.
    Release,
    /// Policies.
    Policies,
    /// Pages: brand and templates.
    Pages,
}

impl SettingsKind {
    /// The name it is stored under.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::Pipelines => "pipelines",
            Self::Release => "release",
            Self::Policies => "policies",
            Self::Pages => "pages",
        }
    }

    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::SignIn,
        Self::Pipelines,
        Self::Release,
        Self::Policies,
        Self::Pages,
    ];
}

/// A revision of a tenant's settings; rises with each publication in that tenant.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Revision(pub u64);

/// One published document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsDocument {
    /// Which settings.
    pub kind: SettingsKind,
    /// Its revision.
    pub revision: Revision,
    /// When it was published.
    pub published_at: Timestamp,
    /// The JSON text.
    pub body: String,
}

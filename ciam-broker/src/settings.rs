//! Sign-in settings: what the discovery screen offers.

use std::collections::BTreeSet;

use ciam_core::settings::SettingsKind;
use ciam_core::{AttributeName, ConnectionId};
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::document::{self, DocumentError};
use crate::name::ConnectorKind;
use crate::pipeline::PipelinesSettings;
use crate::reserved::is_reserved;

/// The document of [`SettingsKind::SignIn`].
///
/// ```
/// use ciam_broker::SignInSettings;
///
/// let settings = SignInSettings::parse(r#"{"password": true, "connections": []}"#)?;
/// assert!(settings.password);
/// # Ok::<(), ciam_broker::DocumentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSettings {
    /// Whether a password of ours is an option.
    #[serde(default = "offered")]
    pub password: bool,
    /// The upstream providers, in the order of the screen.
    #[serde(default)]
    pub connections: Vec<Connection>,
}

impl SignInSettings {
    /// Where it is stored.
    pub const KIND: SettingsKind = SettingsKind::SignIn;

    /// Reads and checks a document. What it refers to is checked by
    /// [`check_references`](Self::check_references).
    ///
    /// # Errors
    /// [`DocumentError`] with the first mistake.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        let settings: Self = document::parse(text)?;
        settings.check()?;
        Ok(settings)
    }

    /// As JSON, to be published.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The connection of that name, whether or not it is enabled.
    pub fn connection(&self, id: &ConnectionId) -> Option<&Connection> {
        self.connections.iter().find(|one| one.id == *id)
    }

    /// The connections on offer, in the order of the screen.
    pub fn enabled(&self) -> impl Iterator<Item = &Connection> {
        self.connections.iter().filter(|one| one.enabled)
    }

    /// Checks that every pipeline and connector that is named exists.
    ///
    /// # Errors
    /// [`DocumentError::Unknown`] with the nearest name that exists.
    pub fn check_references<'a>(
        &self,
        pipelines: &PipelinesSettings,
        connectors: impl IntoIterator<Item = &'a ConnectorKind>,
    ) -> Result<(), DocumentError> {
        let known: Vec<&str> = connectors.into_iter().map(ConnectorKind::as_str).collect();
        for (index, connection) in self.connections.iter().enumerate() {
            let kind = connection.connector.as_str();
            if !known.contains(&kind) {
                let path = format!("connections[{index}].connector");
                return Err(DocumentError::unknown(path, kind, known));
            }
            if let Some(pipeline) = &connection.pipeline
                && !pipelines.pipelines.contains_key(pipeline)
            {
                let path = format!("connections[{index}].pipeline");
                let names = pipelines.pipelines.keys().map(|name| name.as_str());
                return Err(DocumentError::unknown(path, pipeline.as_str(), names));
            }
        }
        Ok(())
    }

    fn check(&self) -> Result<(), DocumentError> {
        let mut seen = BTreeSet::new();
        for (index, connection) in self.connections.iter().enumerate() {
            let at = |field: &str| format!("connections[{index}].{field}");
            if !seen.insert(&connection.id) {
                let problem = format!("`{}` is there twice", connection.id);
                return Err(DocumentError::invalid(at("id"), problem));
            }
            check_id(at("id"), &connection.id)?;
            check_text(at("label"), &connection.label, 64)?;
            if let Some(hint) = &connection.hint {
                check_text(at("hint"), hint, 128)?;
            }
            check_text(at("acr"), &connection.acr, 128)?;
            check_claims(&at("claims"), &connection.claims)?;
            check_claims(&at("sensitive"), &connection.sensitive)?;
        }
        Ok(())
    }
}

impl Default for SignInSettings {
    /// Password alone.
    fn default() -> Self {
        Self {
            password: true,
            connections: Vec::new(),
        }
    }
}

/// It is a segment of the callback address, and needs no escaping there.
fn check_id(path: String, id: &ConnectionId) -> Result<(), DocumentError> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if id.as_str().bytes().all(plain) {
        return Ok(());
    }
    let problem = "letters, digits, `-` and `_` are wanted";
    Err(DocumentError::invalid(path, problem))
}

fn check_text(path: String, text: &str, longest: usize) -> Result<(), DocumentError> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > longest || text.chars().any(char::is_control) {
        let problem = format!("1 to {longest} characters are wanted, without control characters");
        return Err(DocumentError::invalid(path, problem));
    }
    Ok(())
}

fn check_claims(path: &str, claims: &[AttributeName]) -> Result<(), DocumentError> {
    match claims.iter().position(|name| is_reserved(name.as_str())) {
        Some(index) => Err(DocumentError::invalid(
            format!("{path}[{index}]"),
            "this claim belongs to the protocol and cannot be an attribute",
        )),
        None => Ok(()),
    }
}

const fn offered() -> bool {
    true
}

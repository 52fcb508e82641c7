//! A client's or an API's published keys, as text that `ciam-tokens` parses.

use serde::{Deserialize, Serialize};

use crate::crypto::{self, Digest};

/// A JWK Set document (RFC 7517 section 5) as it was registered. Core does not
/// look inside; `ciam-tokens` parses it strictly and keeps the result by
/// [`digest`](Self::digest).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "serde_json::Value", into = "serde_json::Value")]
pub struct JwkSetDocument {
    text: String,
    digest: Digest,
}

impl JwkSetDocument {
    /// From JSON text.
    ///
    /// # Errors
    /// When the text is not JSON; whether the keys are any good shows when they are parsed.
    pub fn new(text: &str) -> Result<Self, serde_json::Error> {
        Ok(serde_json::from_str::<serde_json::Value>(text)?.into())
    }

    /// The JSON text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text, to key a cache of parsed sets.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }
}

impl From<serde_json::Value> for JwkSetDocument {
    fn from(value: serde_json::Value) -> Self {
        let text = value.to_string();
        let digest = crypto::sha256(text.as_bytes());
        Self { text, digest }
    }
}

impl From<JwkSetDocument> for serde_json::Value {
    fn from(document: JwkSetDocument) -> Self {
        serde_json::from_str(&document.text).unwrap_or_default()
    }
}

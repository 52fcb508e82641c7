//! Style text and its hash.

use ciam_core::crypto;

use super::{Accent, PageError};

/// The text of one style element and the source that allows it (Content
/// Security Policy 3 §6.7.3.3: the hash covers exactly the element's text).
#[derive(Debug, Clone)]
pub(super) struct Style {
    text: String,
    source: String,
}

impl Style {
    pub(super) fn new(css: &str) -> Result<Self, PageError> {
        if css.contains("</") {
            return Err(PageError::Style);
        }
        // The HTML parser turns CR LF into LF before the browser hashes.
        Ok(Self::hashed(css.replace("\r\n", "\n").replace('\r', "\n")))
    }

    pub(super) fn of_accent(accent: &Accent) -> Self {
        Self::hashed(accent.css())
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn source(&self) -> &str {
        &self.source
    }

    fn hashed(text: String) -> Self {
        let digest = crypto::sha256(text.as_bytes());
        let source = format!(
            "'sha256-{}'",
            base64_simd::STANDARD.encode_to_string(digest)
        );
        Self { text, source }
    }
}

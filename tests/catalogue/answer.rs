//! What is compared between the two adapters: an answer without its random parts.

use ciam_testkit::Page;

/// The parts of an answer that must be the same wherever the provider is mounted.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Answer {
    pub(crate) fn of(page: &Page) -> Self {
        let mut headers: Vec<_> = page
            .headers
            .iter()
            // These belong to the server, not to the provider.
            .filter(|(name, _)| !["date", "content-length", "connection"].contains(&name.as_str()))
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes());
                (name.as_str().to_owned(), without_random(&value))
            })
            .collect();
        headers.sort();
        Self {
            status: page.status.as_u16(),
            headers,
            body: without_random(&page.text()),
        }
    }

    /// The same answer as a person or a client sees it.
    pub(crate) fn looks_like(&self, other: &Self) -> bool {
        let typed = |answer: &Self| without_typed_name(&answer.body);
        self.status == other.status && self.headers == other.headers && typed(self) == typed(other)
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let body: String = self
            .body
            .split("<main")
            .last()
            .unwrap_or_default()
            .chars()
            .take(600)
            .collect();
        write!(f, "{} {:?} {body}", self.status, self.headers)
    }
}

/// Replaces what is drawn anew for each answer: long runs of base64url, and the
/// reference of an error page.
fn without_random(text: &str) -> String {
    let text = match text.split_once("id=\"correlation\">") {
        Some((before, after)) => {
            let rest = after.split_once('<').map_or("", |(_, rest)| rest);
            format!("{before}id=\"correlation\">*<{rest}")
        }
        None => text.to_owned(),
    };
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') {
            run.push(c);
            continue;
        }
        out.push_str(if run.len() >= 22 && !is_words(&run) {
            "*"
        } else {
            &run
        });
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Without the name that the person typed and reads again.
fn without_typed_name(body: &str) -> String {
    match body.split_once("id=\"username\"") {
        Some((before, rest)) => {
            let after = rest.split_once('>').map_or("", |(_, after)| after);
            format!("{before}{after}")
        }
        None => body.to_owned(),
    }
}

/// Words joined by hyphens or underscores are not random.
fn is_words(run: &str) -> bool {
    run.chars()
        .all(|c| c.is_ascii_lowercase() || matches!(c, '-' | '_' | '.'))
}

use bytes::Bytes;
use http::header::LOCATION;
use http::{HeaderMap, StatusCode};
use url::Url;

use super::Form;

/// What a browser got for a request.
#[derive(Clone)]
pub struct Page {
    /// Where it came from.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Page {
    /// The body as text; what is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Where a redirect leads.
    #[must_use]
    pub fn location(&self) -> Option<Url> {
        let redirect = self.status.is_redirection();
        let target = self.headers.get(LOCATION)?.to_str().ok()?;
        redirect.then(|| self.url.join(target).ok()).flatten()
    }

    /// A parameter of the redirect's query.
    #[must_use]
    pub fn redirect_parameter(&self, name: &str) -> Option<String> {
        self.location()?
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The forms of the page.
    #[must_use]
    pub fn forms(&self) -> Vec<Form> {
        Form::read(&self.url, &self.text())
    }

    /// The form that has this `id`, on itself or on something in it.
    #[must_use]
    pub fn form(&self, id: &str) -> Option<Form> {
        self.forms().into_iter().find(|form| form.has(id))
    }
}

impl std::fmt::Debug for Page {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Queries and bodies hold codes and tokens.
        f.debug_struct("Page")
            .field("path", &self.url.path())
            .field("status", &self.status)
            .finish_non_exhaustive()
    }
}

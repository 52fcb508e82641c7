//! The HTML pages of the provider: discovery screen, consent, refusal, error,
//! sign-out.
//!
//! Pages are forms and text: no JavaScript, no image, nothing loaded from
//! elsewhere. The content security policy says so to the browser. Every text
//! that comes from outside is escaped, whatever the name of the template.
//!
//! All forms post to the one `action` of their page and say by the hidden
//! field [`Choice::FIELD`] what the person chose.

mod accent;
mod choice;
mod context;
mod form_target;
mod monogram;
mod response;
mod sample;
mod style;

use bytes::Bytes;
use http::{Response, StatusCode};
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};

pub use self::accent::{Accent, AccentError};
pub use self::choice::Choice;
pub use self::context::{
    Brand, ConnectionOption, Consent, Failure, Form, HiddenField, Page, Refused, ReturnLink,
    ScopeLine, SignIn, SignOut, SignedOut,
};
pub use self::form_target::FormTarget;
pub use self::response::Delivery;

use self::monogram::monogram;
use self::style::Style;

/// The templates and the style sheet, parsed and ready to render.
///
/// Cheap to share behind an `Arc`; nothing in it changes after it was built.
///
/// ```
/// use ciam_idp::page::{Brand, Delivery, Page, Pages, SignedOut};
///
/// let pages = Pages::new()?;
/// let page = Page::SignedOut(SignedOut { return_to: None });
/// let response = pages.render(&page, &Brand::new("Example"), &Delivery::default());
///
/// assert_eq!(response.status(), 200);
/// assert!(response.headers().contains_key("content-security-policy"));
/// # Ok::<(), ciam_idp::page::PageError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pages {
    environment: Environment<'static>,
    style: Style,
}

impl Pages {
    /// The names of the templates, which are also those that
    /// [`with_template`](Self::with_template) can replace.
    pub const TEMPLATES: &[&str] = &[
        "layout.html",
        "sign_in.html",
        "consent.html",
        "error.html",
        "refused.html",
        "sign_out.html",
        "signed_out.html",
    ];

    /// The pages as they come with the crate.
    ///
    /// # Errors
    ///
    /// When an embedded template does not parse, which the tests of this crate
    /// exclude.
    pub fn new() -> Result<Self, PageError> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        // Without this filter a template cannot print a text unescaped by a slip.
        environment.remove_filter("safe");
        environment.add_filter("monogram", monogram);
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in EMBEDDED {
            environment
                .add_template(name, source)
                .map_err(|cause| PageError::template(name, cause))?;
        }
        let style = Style::new(include_str!("templates/style.css"))?;
        Ok(Self { environment, style })
    }

    /// Replaces one template by your own.
    ///
    /// The template sees `brand`, `page` (the fields of that page's struct in
    /// this module), `style` and `accent_style`, and has the filter `monogram`
    /// (`Demo Bank` becomes `DB`); `safe` is taken away. All pages are rendered
    /// once with made-up content, so that a misspelt variable is found here and
    /// not by a person who wants to sign in.
    ///
    /// # Errors
    ///
    /// [`PageError::UnknownTemplate`] when `name` is not one of
    /// [`TEMPLATES`](Self::TEMPLATES), [`PageError::Template`] when the source
    /// does not parse or a page does not render with it.
    pub fn with_template(
        mut self,
        name: &str,
        source: impl Into<String>,
    ) -> Result<Self, PageError> {
        if !Self::TEMPLATES.contains(&name) {
            return Err(PageError::UnknownTemplate { name: name.into() });
        }
        self.environment
            .add_template_owned(name.to_owned(), source.into())
            .map_err(|cause| PageError::template(name, cause))?;
        self.rehearse()?;
        Ok(self)
    }

    /// Replaces the style sheet; its hash goes into the content security policy.
    ///
    /// # Errors
    ///
    /// [`PageError::Style`] when the text would end the style element.
    pub fn with_style(mut self, css: &str) -> Result<Self, PageError> {
        self.style = Style::new(css)?;
        Ok(self)
    }

    /// The page as a complete answer, with its status and all headers.
    ///
    /// Infallible: should a replaced template fail on content that the
    /// rehearsal did not have, the person gets a plain page with status 500.
    /// [`try_render`](Self::try_render) gives the cause instead.
    #[must_use]
    pub fn render(
        &self,
        page: &Page<'_>,
        brand: &Brand,
        delivery: &Delivery<'_>,
    ) -> Response<Bytes> {
        self.try_render(page, brand, delivery)
            .unwrap_or_else(|_| response::plain_failure(delivery.https))
    }

    /// As [`render`](Self::render), for callers that want to record why a page
    /// failed.
    ///
    /// # Errors
    ///
    /// [`PageError::Template`] when the template does not render.
    pub fn try_render(
        &self,
        page: &Page<'_>,
        brand: &Brand,
        delivery: &Delivery<'_>,
    ) -> Result<Response<Bytes>, PageError> {
        let accent = brand.accent.as_ref().map(Style::of_accent);
        let html = self.html(page, brand, accent.as_ref())?;
        let sources = [Some(&self.style), accent.as_ref()];
        response::html(page.status(), html, sources.into_iter().flatten(), delivery)
    }

    fn html(
        &self,
        page: &Page<'_>,
        brand: &Brand,
        accent: Option<&Style>,
    ) -> Result<String, PageError> {
        let name = page.template();
        let context = context! {
            brand => Value::from(Serde(brand)),
            page => Value::from(Serde(page)),
            style => Value::from_safe_string(self.style.text().to_owned()),
            accent_style => accent.map(|style| Value::from_safe_string(style.text().to_owned())),
        };
        self.environment
            .get_template(name)
            .and_then(|template| template.render(context))
            .map_err(|cause| PageError::template(name, cause))
    }

    fn rehearse(&self) -> Result<(), PageError> {
        for brand in &sample::brands() {
            for page in &sample::pages() {
                self.try_render(page, brand, &Delivery::default())?;
            }
        }
        Ok(())
    }
}

/// Why pages could not be set up or rendered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// There is no template of that name to replace.
    #[error("no template `{name}`; there are {}", Pages::TEMPLATES.join(", "))]
    UnknownTemplate {
        /// The name that was asked for.
        name: String,
    },
    /// A template does not parse or does not render.
    #[error("template `{name}` does not work")]
    Template {
        /// The template's name.
        name: String,
        /// What the template engine said, with line numbers.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The style sheet contains `</`, which would end the style element.
    #[error("style sheet contains `</`")]
    Style,
    /// A header could not be built from the style hashes and form targets.
    #[error("content security policy is not a valid header")]
    Policy,
}

impl PageError {
    fn template(name: &str, cause: minijinja::Error) -> Self {
        Self::Template {
            name: name.into(),
            source: Box::new(cause),
        }
    }
}

impl Page<'_> {
    /// The status that the page is sent with.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::SignIn(_) | Self::Consent(_) | Self::SignOut(_) | Self::SignedOut(_) => {
                StatusCode::OK
            }
            Self::Failure(failure) => failure.status,
            Self::Refused(_) => StatusCode::FORBIDDEN,
        }
    }

    fn template(&self) -> &'static str {
        match self {
            Self::SignIn(_) => "sign_in.html",
            Self::Consent(_) => "consent.html",
            Self::Failure(_) => "error.html",
            Self::Refused(_) => "refused.html",
            Self::SignOut(_) => "sign_out.html",
            Self::SignedOut(_) => "signed_out.html",
        }
    }
}

const EMBEDDED: [(&str, &str); 7] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("sign_in.html", include_str!("templates/sign_in.html")),
    ("consent.html", include_str!("templates/consent.html")),
    ("error.html", include_str!("templates/error.html")),
    ("refused.html", include_str!("templates/refused.html")),
    ("sign_out.html", include_str!("templates/sign_out.html")),
    ("signed_out.html", include_str!("templates/signed_out.html")),
];

#[cfg(test)]
mod tests;

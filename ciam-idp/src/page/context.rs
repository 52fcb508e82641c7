//! What the templates see.

use std::fmt;

use http::StatusCode;
use serde::{Deserialize, Serialize};
use url::Url;

use super::Accent;

/// Whose pages these are: the same on every page of a tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Brand {
    /// The name in the header and in the window's title.
    pub name: String,
    /// The colour of the main button and the marks; a calm petrol without it.
    pub accent: Option<Accent>,
    /// Shows the demo ribbon with this sentence.
    pub demo_notice: Option<String>,
}

impl Brand {
    /// A brand with a name and nothing else.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            accent: None,
            demo_notice: None,
        }
    }
}

/// One page with its content.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Page<'a> {
    /// The discovery screen, with the password form on it where that is offered.
    SignIn(SignIn<'a>),
    /// What a client wants, and whether the person allows it.
    Consent(Consent<'a>),
    /// Something went wrong and nobody can be sent back to a client.
    Failure(Failure<'a>),
    /// The access policy said no.
    Refused(Refused<'a>),
    /// Asks before a session ends (OpenID Connect RP-Initiated Logout 1.0 §2).
    SignOut(SignOut<'a>),
    /// The session has ended.
    SignedOut(SignedOut<'a>),
}

/// Where the forms of a page post to, and the token that proves that the form
/// came from this provider.
#[derive(Clone, Copy, Serialize)]
pub struct Form<'a> {
    /// URL of this provider, absolute or a path.
    pub action: &'a str,
    /// The CSRF token bound to the interaction; sent as field `csrf`.
    pub csrf: &'a str,
}

impl fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form")
            .field("action", &self.action)
            .field("csrf", &"[redacted]")
            .finish()
    }
}

/// The discovery screen: how a person can sign in.
#[derive(Debug, Clone, Serialize)]
pub struct SignIn<'a> {
    /// Where its forms go.
    pub form: Form<'a>,
    /// The client that the person wants to use.
    pub client_name: &'a str,
    /// Why a person who is signed in must sign in again (step-up), as one
    /// plain sentence. Changes the heading too.
    pub reason: Option<&'a str>,
    /// What was wrong with the last try. Must not tell whether the user exists.
    /// Together with a user name it marks the password form as the culprit.
    pub error: Option<&'a str>,
    /// Fills in the user name: what was typed before, or `login_hint`.
    pub username: Option<&'a str>,
    /// Whether the password form is offered.
    pub password: bool,
    /// The connections offered, in the order to show them.
    pub connections: Vec<ConnectionOption<'a>>,
    /// Whether the person can go back to the client from here.
    pub cancel: bool,
}

/// One connection on the discovery screen.
#[derive(Debug, Clone, Serialize)]
pub struct ConnectionOption<'a> {
    /// The connection's id: field `connection`, and `option-<id>` as the
    /// button's id, so it has no white space.
    pub id: &'a str,
    /// The name a person knows it by.
    pub label: &'a str,
    /// A few words more, such as `High assurance`.
    pub hint: Option<&'a str>,
}

/// The consent page.
#[derive(Debug, Clone, Serialize)]
pub struct Consent<'a> {
    /// Where its forms go.
    pub form: Form<'a>,
    /// The client that asks.
    pub client_name: &'a str,
    /// Who is signed in, in words that person knows.
    pub account: Option<&'a str>,
    /// The scopes that would be granted.
    pub scopes: Vec<ScopeLine<'a>>,
    /// The host that the person is sent back to.
    pub return_to: Option<&'a str>,
}

/// A scope in plain language.
#[derive(Debug, Clone, Serialize)]
pub struct ScopeLine<'a> {
    /// The scope token as requested.
    pub name: &'a str,
    /// Finishes the sentence "it can …", without a full stop.
    pub description: &'a str,
}

impl<'a> ScopeLine<'a> {
    /// A line for a scope of OpenID Connect Core 1.0 §5.4 or §11; `None` for a
    /// scope that only the API's owner can describe.
    #[must_use]
    pub fn standard(name: &'a str) -> Option<Self> {
        let description = match name {
            "openid" => "know that it is you, each time you sign in",
            "profile" => "see your name and profile",
            "email" => "see your e-mail address",
            "address" => "see your postal address",
            "phone" => "see your phone number",
            "offline_access" => "keep this access while you are away",
            _ => return None,
        };
        Some(Self { name, description })
    }
}

/// The error page.
#[derive(Debug, Clone, Serialize)]
pub struct Failure<'a> {
    /// The status to send.
    #[serde(skip)]
    pub status: StatusCode,
    /// A few words for the heading.
    pub title: &'a str,
    /// What happened, as one plain sentence.
    pub sentence: &'a str,
    /// What the person can do now.
    pub what_to_do: &'a str,
    /// Finds the event in the operator's records; says nothing by itself. None when
    /// there is no event.
    pub correlation: Option<&'a str>,
}

/// The page that tells that the access policy said no.
#[derive(Debug, Clone, Serialize)]
pub struct Refused<'a> {
    /// Where its form goes; it goes on to the client with `access_denied`.
    pub form: Form<'a>,
    /// The client that the person wanted to use.
    pub client_name: &'a str,
    /// The policy's plain sentence.
    pub sentence: &'a str,
    /// What the person can do about it, where there is something.
    pub what_to_do: Option<&'a str>,
}

/// The question before signing out.
#[derive(Debug, Clone, Serialize)]
pub struct SignOut<'a> {
    /// Where its forms go.
    pub form: Form<'a>,
    /// The client that asks for it, when one does.
    pub client_name: Option<&'a str>,
    /// Who is signed in, in words that person knows.
    pub account: Option<&'a str>,
    /// Parameters of the request that the answer has to carry again.
    pub fields: Vec<HiddenField<'a>>,
}

/// A value that a form carries unseen.
#[derive(Clone, Serialize)]
pub struct HiddenField<'a> {
    /// The field's name.
    pub name: &'a str,
    /// The field's value.
    pub value: &'a str,
}

// The value may be a token, such as `id_token_hint`.
impl fmt::Debug for HiddenField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HiddenField")
            .field("name", &self.name)
            .field("value", &"[redacted]")
            .finish()
    }
}

/// The page after signing out.
#[derive(Debug, Clone, Serialize)]
pub struct SignedOut<'a> {
    /// Where to go from here.
    pub return_to: Option<ReturnLink<'a>>,
}

/// A link back to a client.
#[derive(Debug, Clone, Serialize)]
pub struct ReturnLink<'a> {
    href: &'a str,
    name: &'a str,
}

impl<'a> ReturnLink<'a> {
    /// A link to a web page, `None` for any other scheme: escaping does not
    /// make a `javascript:` URL harmless.
    #[must_use]
    pub fn new(href: &'a Url, name: &'a str) -> Option<Self> {
        matches!(href.scheme(), "https" | "http").then(|| Self {
            href: href.as_str(),
            name,
        })
    }
}

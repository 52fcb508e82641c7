//! The outcomes of the catalogue, and whether an answer is one.

use ciam_testkit::Page;
use serde_json::Value;

/// What must come back. The words are those of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Status 400, our error page, no redirect.
    E400,
    /// Back to the client with this error.
    R(String),
    /// Back to the client with a code.
    Code,
    /// Status 400, JSON with this error.
    T400(String),
    /// Status 401, `invalid_client`.
    C401,
    /// Status 401 or 403 of a resource, with this error or none.
    Bearer(u16, Option<String>),
    /// Tokens.
    Tokens,
    /// A page of ours with this status that has something with this `id`.
    Shows(u16, &'static str),
    /// This status.
    Status(u16),
}

/// What of the request counts for the answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent {
    pub(crate) to: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) issuer: String,
}

impl Outcome {
    pub(crate) fn parse(text: &str) -> Self {
        let (word, error) = match text.split_once('(') {
            Some((word, rest)) => (word, Some(rest.trim_end_matches(')').to_owned())),
            None => (text, None),
        };
        match (word, error) {
            ("E400", None) => Self::E400,
            ("R", Some(error)) => Self::R(error),
            ("CODE", None) => Self::Code,
            ("T400", Some(error)) => Self::T400(error),
            ("C401", None) => Self::C401,
            ("B401", error) => Self::Bearer(401, error),
            ("B403", error) => Self::Bearer(403, error),
            ("TOKENS", None) => Self::Tokens,
            ("SCREEN", None) => Self::Shows(200, "password-form"),
            ("OPTIONS", None) => Self::Shows(200, "options-title"),
            ("CONSENT", None) => Self::Shows(200, "consent-allow"),
            ("REFUSED", None) => Self::Shows(403, "continue"),
            ("SIGN_OUT", None) => Self::Shows(200, "sign-out"),
            ("SIGNED_OUT", None) => Self::Shows(200, "signed-out"),
            (status, None) => Self::Status(
                status
                    .parse()
                    .unwrap_or_else(|_| panic!("`{text}` is no outcome")),
            ),
            _ => panic!("`{text}` is no outcome"),
        }
    }

    /// Whether it is a refusal, which must leave an event behind. That somebody is
    /// not signed in, or was not asked yet, is the answer to the question of
    /// `prompt=none` (OIDC Core section 3.1.2.6), which clients ask all day.
    pub(crate) fn is_refusal(&self) -> bool {
        match self {
            Self::R(error) => !matches!(error.as_str(), "login_required" | "consent_required"),
            Self::E400 | Self::T400(_) | Self::C401 | Self::Status(403) => true,
            Self::Shows(403, _) | Self::Bearer(_, Some(_)) => true,
            _ => false,
        }
    }

    /// What is wrong with the answer.
    pub(crate) fn faults(&self, page: &Page, sent: &Sent) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |holds: bool, fault: &str| {
            if !holds {
                faults.push(fault.to_owned());
            }
        };
        match self {
            Self::E400 => {
                check(page.status == 400, "the status is not 400");
                check(is_html(page), "it is no page");
                check(page.header("location").is_none(), "there is a Location");
                check(
                    page.text().contains("id=\"correlation\""),
                    "it is not the error page",
                );
            }
            Self::R(error) => {
                is_redirect_to_client(page, sent, &mut check);
                let says = page.redirect_parameter("error");
                check(says.as_ref() == Some(error), &format!("error={says:?}"));
                check(page.redirect_parameter("code").is_none(), "there is a code");
            }
            Self::Code => {
                is_redirect_to_client(page, sent, &mut check);
                check(
                    page.redirect_parameter("code").is_some(),
                    "there is no code",
                );
                check(
                    page.redirect_parameter("error").is_none(),
                    "there is an error",
                );
            }
            Self::T400(error) => is_json_error(page, 400, error, &mut check),
            Self::C401 => is_json_error(page, 401, "invalid_client", &mut check),
            Self::Bearer(status, error) => {
                check(
                    page.status == *status,
                    &format!("the status is not {status}"),
                );
                let challenge = page.header("www-authenticate").unwrap_or_default();
                let says = challenge
                    .split_once("error=\"")
                    .and_then(|(_, rest)| rest.split_once('"'));
                check(
                    challenge.starts_with("Bearer"),
                    "there is no Bearer challenge",
                );
                let says = says.map(|(error, _)| error);
                check(
                    says == error.as_deref(),
                    &format!("the challenge says {says:?}"),
                );
            }
            Self::Tokens => {
                check(page.status == 200, "the status is not 200");
                let body = json(page);
                check(body["access_token"].is_string(), "there is no access token");
                check(
                    body["token_type"] == "Bearer",
                    "the token type is not Bearer",
                );
                check(body["expires_in"].is_u64(), "there is no expires_in");
            }
            Self::Shows(status, id) => {
                check(
                    page.status == *status,
                    &format!("the status is not {status}"),
                );
                check(is_html(page), "it is no page");
                let there = page.text().contains(&format!("id=\"{id}\""));
                check(there, &format!("`{id}` is not on the page"));
            }
            Self::Status(status) => check(
                page.status == *status,
                &format!("the status is not {status}"),
            ),
        }
        faults
    }
}

/// The body as JSON; null when it is none.
pub(crate) fn json(page: &Page) -> Value {
    serde_json::from_slice(&page.body).unwrap_or_default()
}

pub(crate) fn is_html(page: &Page) -> bool {
    page.header("content-type")
        .is_some_and(|kind| kind.starts_with("text/html"))
}

fn is_redirect_to_client(page: &Page, sent: &Sent, check: &mut impl FnMut(bool, &str)) {
    check(page.status == 303, "the status is not 303");
    let location = page.header("location").unwrap_or_default();
    let to = sent.to.as_deref().unwrap_or_default();
    let rest = location.strip_prefix(to);
    check(
        rest.is_some_and(|rest| rest.starts_with(['?', '&'])),
        "it does not lead to the redirect URI",
    );
    let state = page.redirect_parameter("state");
    check(state == sent.state, &format!("state={state:?}"));
    let iss = page.redirect_parameter("iss");
    check(
        iss.as_deref() == Some(&sent.issuer),
        &format!("iss={iss:?}"),
    );
}

fn is_json_error(page: &Page, status: u16, error: &str, check: &mut impl FnMut(bool, &str)) {
    check(
        page.status == status,
        &format!("the status is not {status}"),
    );
    let kind = page.header("content-type");
    check(
        kind == Some("application/json"),
        &format!("the type is {kind:?}"),
    );
    let body = json(page);
    check(body["error"] == error, &format!("error={}", body["error"]));
    // RFC 6749 section 5.2: printable ASCII without quote and backslash.
    if let Some(description) = body["error_description"].as_str() {
        let plain = description
            .bytes()
            .all(|b| matches!(b, 0x20..=0x7e) && b != b'"' && b != b'\\');
        check(
            plain,
            "the description has characters that it must not have",
        );
    }
}

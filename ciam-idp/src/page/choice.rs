//! What a person chose on a page.

/// The value of the hidden field that every form has.
///
/// ```
/// use ciam_idp::page::Choice;
///
/// assert_eq!(Choice::parse("allow"), Some(Choice::Allow));
/// assert_eq!(Choice::parse("Allow"), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Choice {
    /// Sign in with fields `username` and `password`.
    Password,
    /// Sign in with the connection in field `connection`.
    Connection,
    /// Allow what the consent page lists.
    Allow,
    /// Go on to the client after a refusal.
    Continue,
    /// End the session.
    SignOut,
    /// Not now: back to the client, or stay signed in.
    Cancel,
}

impl Choice {
    /// The name of the field.
    pub const FIELD: &str = "choice";

    /// All choices.
    pub const ALL: [Self; 6] = [
        Self::Password,
        Self::Connection,
        Self::Allow,
        Self::Continue,
        Self::SignOut,
        Self::Cancel,
    ];

    /// The choice with exactly this value.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == value)
    }

    /// The field's value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Connection => "connection",
            Self::Allow => "allow",
            Self::Continue => "continue",
            Self::SignOut => "sign_out",
            Self::Cancel => "cancel",
        }
    }
}

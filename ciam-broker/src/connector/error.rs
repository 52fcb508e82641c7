//! Why a sign-in at another provider came to nothing.

use ciam_tokens::{JoseError, PrivateKeyError};

/// Why a sign-in at another provider came to nothing, by whose fault it is.
///
/// `Display` and the causes are for the log; a person reads
/// [`public_text`](Self::public_text).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectorError {
    /// The provider said no, or the person did there.
    #[error("the provider answered `{0}`")]
    Upstream(UpstreamError),
    /// What came back cannot be trusted.
    #[error("what came back was refused: {0}")]
    Rejected(#[from] Rejection),
    /// The provider does not answer, or not now.
    #[error("the provider is unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Our own private key cannot be reached: it lies in a key service that does
    /// not answer now.
    #[error("our own key is unavailable")]
    KeyUnavailable(#[source] PrivateKeyError),
    /// The connection does not fit the provider: an operator must act.
    #[error("the connection is not set up right: {0}")]
    Misconfigured(&'static str),
    /// A fault of ours.
    #[error("the sign-in could not be carried through")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl ConnectorError {
    /// A sentence for the person; it never has anything of the provider's in it.
    pub const fn public_text(&self) -> &'static str {
        match self {
            Self::Upstream(UpstreamError::AccessDenied) => {
                "The sign-in was cancelled or refused at the other provider."
            }
            Self::Upstream(UpstreamError::TemporarilyUnavailable) | Self::Unavailable(_) => {
                "The other provider cannot be reached at the moment. Please try again later."
            }
            Self::Upstream(_) => "The other provider could not sign you in.",
            Self::Rejected(_) => {
                "The answer of the other provider could not be accepted. Please start again."
            }
            Self::KeyUnavailable(_) => {
                "Signing in this way does not work at the moment. Please try again later."
            }
            Self::Misconfigured(_) | Self::Internal(_) => {
                "Signing in this way does not work at the moment."
            }
        }
    }

    /// Whether trying again later may help.
    pub const fn is_unavailable(&self) -> bool {
        matches!(
            self,
            Self::Unavailable(_)
                | Self::KeyUnavailable(_)
                | Self::Upstream(UpstreamError::TemporarilyUnavailable)
        )
    }
}

/// The `error` of a provider (RFC 6749 4.1.2.1, OIDC Core 3.1.2.6). Its
/// description is not kept: it is text of a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// The person, or the provider, said no.
    #[error("access_denied")]
    AccessDenied,
    /// Nobody is signed in there and nobody may be asked.
    #[error("login_required")]
    LoginRequired,
    /// The person would have to act there.
    #[error("interaction_required")]
    InteractionRequired,
    /// Try again later.
    #[error("temporarily_unavailable")]
    TemporarilyUnavailable,
    /// A fault of the provider's.
    #[error("server_error")]
    ServerError,
    /// Anything else.
    #[error("another error")]
    Other,
}

impl UpstreamError {
    pub(crate) fn of(code: &str) -> Self {
        match code {
            "access_denied" => Self::AccessDenied,
            "login_required" => Self::LoginRequired,
            "interaction_required" | "consent_required" | "account_selection_required" => {
                Self::InteractionRequired
            }
            "temporarily_unavailable" => Self::TemporarilyUnavailable,
            "server_error" => Self::ServerError,
            _ => Self::Other,
        }
    }
}

/// What cannot be trusted about an answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The `state` is of another sign-in (RFC 9700 4.7).
    #[error("`state` is of another sign-in")]
    State,
    /// The sign-in was begun with another connection (mix-up, RFC 9700 4.4).
    #[error("the sign-in was begun with another connection")]
    OtherConnection,
    /// `iss` names another issuer, or is missing though promised (RFC 9207 2.4).
    #[error("`iss` is missing or of another issuer")]
    Issuer,
    /// The discovery document is not this issuer's, or not usable (OIDC Discovery 4.3).
    #[error("the metadata was refused: {0}")]
    Metadata(&'static str),
    /// The token endpoint did not take the code.
    #[error("the code was refused")]
    Code,
    /// The token response is not one (RFC 6749 5.1).
    #[error("the token response was refused: {0}")]
    TokenResponse(&'static str),
    /// The ID token (OIDC Core 3.1.3.7).
    #[error("the ID token was refused: {0}")]
    IdToken(#[source] JoseError),
    /// The ID token is not encrypted though the connection wants it.
    #[error("the ID token is not encrypted")]
    NotEncrypted,
    /// The person was authenticated longer ago than asked (OIDC Core 3.1.3.7, 12),
    /// or in the future.
    #[error("`auth_time` is missing, too long ago or ahead")]
    AuthTime,
    /// Userinfo is of another person, or not one (OIDC Core 5.3.2).
    #[error("userinfo was refused: {0}")]
    UserInfo(&'static str),
}

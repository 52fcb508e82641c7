//! What the browser brings back.

use std::collections::BTreeMap;
use std::fmt;

use ciam_core::Secret;
use url::form_urlencoded;

/// The query is not one of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// A parameter is there more than once (RFC 6749 3.1).
    #[error("a parameter is there twice")]
    Duplicate,
    /// Longer than any provider needs.
    #[error("the callback is too long")]
    TooLong,
    /// Without `state` nobody knows which sign-in it belongs to.
    #[error("`state` is missing")]
    NoState,
    /// Neither a code nor an error.
    #[error("neither `code` nor `error` is there, or both")]
    Neither,
}

/// The parameters of a callback, each at most once. `Debug` hides them.
///
/// ```
/// use ciam_broker::Callback;
///
/// let callback = Callback::parse("code=a&state=b&iss=https%3A%2F%2Fbank.example")?;
/// assert_eq!(callback.state(), "b");
/// assert!(Callback::parse("code=a&code=c&state=b").is_err());
/// # Ok::<(), ciam_broker::connector::CallbackError>(())
/// ```
#[derive(Clone)]
pub struct Callback {
    state: Secret<String>,
    answer: Answer,
    iss: Option<String>,
}

#[derive(Clone)]
pub(crate) enum Answer {
    Code(Secret<String>),
    Error(String),
}

impl Callback {
    /// The longest query that is read, in bytes.
    pub const MAX_BYTES: usize = 8 * 1024;

    /// Reads the query of a redirect, or the body of a form post.
    ///
    /// # Errors
    /// [`CallbackError`] with the first thing that is wrong.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > Self::MAX_BYTES {
            return Err(CallbackError::TooLong);
        }
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if parameters
                .insert(name.into_owned(), value.into_owned())
                .is_some()
            {
                return Err(CallbackError::Duplicate);
            }
        }
        let mut take = |name: &str| parameters.remove(name).filter(|value| !value.is_empty());
        let state = take("state").ok_or(CallbackError::NoState)?;
        let answer = match (take("code"), take("error")) {
            (Some(code), None) => Answer::Code(Secret::new(code)),
            (None, Some(error)) => Answer::Error(error),
            _ => return Err(CallbackError::Neither),
        };
        Ok(Self {
            state: Secret::new(state),
            answer,
            iss: take("iss"),
        })
    }

    /// The `state`, by which the transaction is found.
    pub fn state(&self) -> &str {
        self.state.expose()
    }

    pub(crate) fn iss(&self) -> Option<&str> {
        self.iss.as_deref()
    }

    pub(crate) fn into_answer(self) -> Answer {
        self.answer
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Callback([redacted])")
    }
}

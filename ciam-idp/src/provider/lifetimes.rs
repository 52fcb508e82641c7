use std::time::Duration;

/// How long things live. Every field can be set; [`Default`] has sound values.
///
/// ```
/// use std::time::Duration;
/// use ciam_idp::Lifetimes;
///
/// let lifetimes = Lifetimes {
///     access_token: Duration::from_secs(5 * 60),
///     ..Lifetimes::default()
/// };
/// assert_eq!(lifetimes.code, Duration::from_secs(60));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// An authorization code; 60 seconds.
    pub code: Duration,
    /// How long a used code is remembered, so that a second use revokes its
    /// grant (RFC 6749 section 4.1.2); 30 minutes, at least as long as an access
    /// token lives.
    pub code_memory: Duration,
    /// An access token; 10 minutes, at most a day.
    pub access_token: Duration,
    /// An ID token; 10 minutes, at most a day.
    pub id_token: Duration,
    /// A refresh token, counted anew at each rotation; 30 days.
    pub refresh_token: Duration,
    /// How long a rotated refresh token still gets the same successor, for a
    /// client that lost the answer; 10 seconds, at most a minute. So long two holders
    /// of one token go unnoticed (RFC 9700 section 4.14.2).
    pub refresh_grace: Duration,
    /// A sign-in under way; 20 minutes.
    pub interaction: Duration,
    /// A brokered sign-in at the other provider; 10 minutes.
    pub transaction: Duration,
    /// A session in which nothing happens; 30 minutes.
    pub session_idle: Duration,
    /// A session, whatever happens; 12 hours.
    pub session: Duration,
}

impl Lifetimes {
    /// The name of the first field that cannot be right.
    pub(super) fn fault(&self) -> Option<&'static str> {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        [
            ("code", self.code, Duration::from_secs(10 * 60)),
            ("access_token", self.access_token, DAY),
            ("id_token", self.id_token, DAY),
            ("refresh_token", self.refresh_token, Duration::MAX),
            ("interaction", self.interaction, DAY),
            ("transaction", self.transaction, DAY),
            ("session_idle", self.session_idle, Duration::MAX),
            ("session", self.session, Duration::MAX),
        ]
        .into_iter()
        .find(|(_, value, longest)| value.is_zero() || value > longest)
        .map(|(name, ..)| name)
        .or_else(|| (self.refresh_grace > Duration::from_secs(60)).then_some("refresh_grace"))
        .or_else(|| (self.code_memory < self.access_token).then_some("code_memory"))
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        const fn minutes(count: u64) -> Duration {
            Duration::from_secs(count * 60)
        }
        Self {
            code: minutes(1),
            code_memory: minutes(30),
            access_token: minutes(10),
            id_token: minutes(10),
            refresh_token: minutes(30 * 24 * 60),
            refresh_grace: Duration::from_secs(10),
            interaction: minutes(20),
            transaction: minutes(10),
            session_idle: minutes(30),
            session: minutes(12 * 60),
        }
    }
}

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ciam_core::{Clock, Timestamp};

/// A clock that moves only when told.
///
/// ```
/// use std::time::Duration;
/// use ciam_core::{Clock, Timestamp};
/// use ciam_testkit::ManualClock;
///
/// let clock = ManualClock::at(Timestamp::from_secs(1_800_000_000));
/// clock.advance(Duration::from_secs(61));
/// assert_eq!(clock.now(), Timestamp::from_secs(1_800_000_061));
/// ```
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves it forward.
    pub fn advance(&self, by: Duration) {
        let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

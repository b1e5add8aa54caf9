//! Where the server takes the time from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// The wall clock. Whoever needs the time gets it from the one in [`crate::App`], so that tests can set it.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Settable(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved.
    #[must_use]
    pub fn settable(start: Timestamp) -> Self {
        Self(Source::Settable(Arc::new(AtomicI64::new(start.as_microsecond()))))
    }

    /// The time, to the microsecond, as it is stored.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let microseconds = match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "this is the clock that everything else takes the time from")]
            Source::System => Timestamp::now().as_microsecond(),
            Source::Settable(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(microseconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Moves a settable clock; the machine's clock is left alone.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Settable(at) = &self.0 {
            at.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

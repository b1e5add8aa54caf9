//! The time, as a thing that is handed in.

/// Says what time it is.
#[derive(Debug, Clone, Copy, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this time; for tests.
    Fixed(jiff::Timestamp),
}

impl Clock {
    /// The time.
    #[must_use]
    pub fn now(&self) -> jiff::Timestamp {
        match self {
            #[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
            Self::System => jiff::Timestamp::now(),
            Self::Fixed(time) => *time,
        }
    }
}

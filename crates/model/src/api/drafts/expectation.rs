//! What a change expects to find where it changes something.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// What must be at a path for a change to be accepted. On the wire one word: `absent`, `present`, `any`, or the digest of the
/// file that was read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Expectation {
    /// Nothing.
    Absent,
    /// Something.
    #[default]
    Present,
    /// Whatever there is, or nothing.
    Any,
    /// The file with this content.
    Content(Digest),
}

/// The text is no expectation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "what is expected is one of `absent`, `present`, `any`, or the digest of a file: 64 lower-case hexadecimal characters"
)]
pub struct ExpectationError;

impl Expectation {
    /// Nothing may be there.
    #[must_use]
    pub const fn absent() -> Self {
        Self::Absent
    }
}

impl FromStr for Expectation {
    type Err = ExpectationError;

    fn from_str(text: &str) -> Result<Self, ExpectationError> {
        match text {
            "absent" => Ok(Self::Absent),
            "present" => Ok(Self::Present),
            "any" => Ok(Self::Any),
            digest => digest.parse().map(Self::Content).map_err(|_| ExpectationError),
        }
    }
}

impl TryFrom<String> for Expectation {
    type Error = ExpectationError;

    fn try_from(text: String) -> Result<Self, ExpectationError> {
        text.parse()
    }
}

impl From<Expectation> for String {
    fn from(expectation: Expectation) -> Self {
        expectation.to_string()
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Absent => f.write_str("absent"),
            Self::Present => f.write_str("present"),
            Self::Any => f.write_str("any"),
            Self::Content(digest) => fmt::Display::fmt(digest, f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        for expectation in
            [Expectation::Absent, Expectation::Present, Expectation::Any, Expectation::Content(Digest::new([7; 32]))]
        {
            assert_eq!(expectation.to_string().parse(), Ok(expectation));
        }
        assert_eq!("exists".parse::<Expectation>(), Err(ExpectationError));
    }
}

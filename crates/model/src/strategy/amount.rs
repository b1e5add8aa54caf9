//! Numbers of instances, counted or per cent.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::StrategyError;

/// A number of instances: counted, or per cent of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Amount {
    /// So many.
    Count(u32),
    /// So many of a hundred, from 1 to 100; rounded down, as a limit must be.
    Percent(u32),
}

impl Amount {
    /// The limit for `total` instances. A percentage rounds down; it is never less than 1, since nothing could move then.
    #[must_use]
    pub fn of(self, total: usize) -> usize {
        match self {
            Self::Count(count) => count as usize,
            Self::Percent(percent) => (total * percent as usize / 100).max(1),
        }
    }

    /// How many of `total` may fail at most. A percentage rounds down, also to none.
    #[must_use]
    pub fn at_most(self, total: usize) -> usize {
        match self {
            Self::Count(count) => count as usize,
            Self::Percent(percent) => total * percent as usize / 100,
        }
    }
}

impl FromStr for Amount {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        let error = || StrategyError::Amount(text.to_owned());
        match text.strip_suffix('%') {
            Some(percent) => positive(percent).filter(|n| *n <= 100).map(Self::Percent).ok_or_else(error),
            None => positive(text).map(Self::Count).ok_or_else(error),
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
        }
    }
}

impl TryFrom<String> for Amount {
    type Error = StrategyError;

    fn try_from(text: String) -> Result<Self, StrategyError> {
        text.parse()
    }
}

impl From<Amount> for String {
    fn from(amount: Amount) -> Self {
        amount.to_string()
    }
}

/// So many of a hundred, from 1 to 100. A number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u32, minimum = 1, maximum = 100))]
pub struct Percent(u32);

impl Percent {
    /// How many of `total` it takes at least: rounded up.
    #[must_use]
    pub fn needed(self, total: usize) -> usize {
        (total * self.0 as usize).div_ceil(100)
    }
}

impl TryFrom<u32> for Percent {
    type Error = StrategyError;

    fn try_from(percent: u32) -> Result<Self, StrategyError> {
        if (1..=100).contains(&percent) { Ok(Self(percent)) } else { Err(StrategyError::Percent(percent.to_string())) }
    }
}

impl From<Percent> for u32 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

/// Reads `80` and `80%`.
impl FromStr for Percent {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        let error = || StrategyError::Percent(text.to_owned());
        positive(text.strip_suffix('%').unwrap_or(text))
            .and_then(|percent| Self::try_from(percent).ok())
            .ok_or_else(error)
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

/// A number of at least 1, without a sign.
pub(super) fn positive(text: &str) -> Option<u32> {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| *n >= 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_round_down_and_needs_round_up() {
        assert_eq!("25%".parse(), Ok(Amount::Percent(25)));
        assert!("0".parse::<Amount>().is_err());
        let quarter = Amount::Percent(25);
        assert_eq!((quarter.of(3), quarter.at_most(3), quarter.of(8), quarter.at_most(8)), (1, 0, 2, 2));
        let percent = |text: &str| text.parse::<Percent>();
        assert_eq!(percent("80"), percent("80%"));
        assert_eq!(percent("80").unwrap().needed(3), 3);
        assert_eq!(percent("66%").unwrap().needed(3), 2);
        for text in ["0", "101", "", "%", "-1", "1.5"] {
            assert!(percent(text).is_err(), "{text:?}");
        }
        assert_eq!(serde_json::to_string(&percent("80").unwrap()).unwrap(), "80");
        assert!(serde_json::from_str::<Percent>("101").is_err());
    }
}

//! The batch expression: BlueKing's rolling expression. Parts are separated by one blank, and the last part repeats.
//! `N` hosts, `N%` of all hosts rounded up, `+N` more than the batch before, `*N` times the batch before; and, beyond it, `+N%`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::amount::positive;
use super::{MAX_BATCHES, StrategyError};

/// A rolling expression such as `10`, `25%`, `1 *3` or `10% +10%`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BatchExpression {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Count(u32),
    Percent(u32),
    Plus(u32),
    PlusPercent(u32),
    Times(u32),
}

impl Default for BatchExpression {
    /// All at once.
    fn default() -> Self {
        Self { text: "100%".to_owned(), parts: vec![Part::Percent(100)] }
    }
}

impl BatchExpression {
    /// The sizes of the batches that `total` hosts make; together they are exactly `total`.
    ///
    /// # Errors
    /// When there would be more than [`MAX_BATCHES`].
    pub fn sizes(&self, total: usize) -> Result<Vec<usize>, StrategyError> {
        let mut sizes: Vec<usize> = Vec::new();
        let mut left = total;
        while left > 0 {
            if sizes.len() == MAX_BATCHES {
                return Err(StrategyError::TooMany { text: self.text.clone(), total });
            }
            let before = sizes.last().copied();
            let size = match self.parts[sizes.len().min(self.parts.len() - 1)] {
                Part::Count(count) => count as usize,
                Part::Percent(percent) => (total * percent as usize).div_ceil(100),
                Part::Plus(more) => before.unwrap_or(0).saturating_add(more as usize),
                Part::PlusPercent(percent) => before.unwrap_or(0) + (total * percent as usize).div_ceil(100),
                Part::Times(times) => before.unwrap_or(1).saturating_mul(times as usize),
            };
            sizes.push(size.min(left));
            left -= size.min(left);
        }
        Ok(sizes)
    }
}

impl FromStr for BatchExpression {
    type Err = StrategyError;

    fn from_str(text: &str) -> Result<Self, StrategyError> {
        let part = |(index, word): (usize, &str)| {
            let parsed = if let Some(percent) = word.strip_suffix('%') {
                let (percent, part): (_, fn(u32) -> Part) = match percent.strip_prefix('+') {
                    Some(more) => (more, Part::PlusPercent),
                    None => (percent, Part::Percent),
                };
                positive(percent).filter(|n| *n <= 100).map(part)
            } else if let Some(more) = word.strip_prefix('+') {
                positive(more).map(Part::Plus)
            } else if let Some(times) = word.strip_prefix('*') {
                positive(times).map(Part::Times)
            } else {
                positive(word).map(Part::Count)
            };
            parsed.ok_or_else(|| StrategyError::Batch { text: text.to_owned(), part: index + 1 })
        };
        let parts = text.split(' ').enumerate().map(part).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { text: text.to_owned(), parts })
    }
}

impl fmt::Display for BatchExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for BatchExpression {
    type Error = StrategyError;

    fn try_from(text: String) -> Result<Self, StrategyError> {
        text.parse()
    }
}

impl From<BatchExpression> for String {
    fn from(expression: BatchExpression) -> Self {
        expression.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sizes(text: &str, total: usize) -> Vec<usize> {
        text.parse::<BatchExpression>().unwrap().sizes(total).unwrap()
    }

    #[test]
    fn follows_the_rolling_expression() {
        assert_eq!(sizes("10", 25), [10, 10, 5]);
        assert_eq!(sizes("25%", 10), [3, 3, 3, 1]);
        assert_eq!(sizes("1 *3", 20), [1, 3, 9, 7]);
        assert_eq!(sizes("1 +2", 9), [1, 3, 5]);
        assert_eq!(sizes("*2", 7), [2, 4, 1]);
        assert_eq!(sizes("10% +10%", 30), [3, 6, 9, 12]);
        assert_eq!(sizes("100%", 0), Vec::<usize>::new());
        assert!("1".parse::<BatchExpression>().unwrap().sizes(501).is_err());
    }

    #[test]
    fn refuses_what_is_no_expression() {
        for text in ["", "0", "-1", "101%", "0%", "1  2", " 1", "+0", "*0", "a", "1.5", "99999999999"] {
            assert!(text.parse::<BatchExpression>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn batches_are_never_empty_and_add_up(text in "[1-9][0-9]?%?( [+*]?[1-9])?", total in 1usize..3000) {
            if let Ok(sizes) = text.parse::<BatchExpression>().unwrap().sizes(total) {
                prop_assert_eq!(sizes.iter().sum::<usize>(), total);
                prop_assert!(sizes.iter().all(|size| *size > 0));
            }
        }
    }
}

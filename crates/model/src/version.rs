//! Version numbers: SemVer, and the looser dotted numbers that packages in the field carry.
//!
//! Order is numeric, not lexical: 1.10.0 comes after 1.9.0, a pre-release before its release. Two numbers that
//! differ only in trailing zero groups (1.0 and 1.0.0) are different versions that sort side by side.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version number: `1.0.0`, `2.18`, `1.4.0-rc.1`, `20191101`, with an optional leading `v` taken off.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct VersionNumber(String);

/// The text was not a version number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version number: use dotted numbers such as 1.0.0, 2.18 or 1.4.0-rc.1")]
pub struct VersionError {
    text: String,
}

impl VersionNumber {
    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the number has exactly three numeric groups and nothing else, as the application release rules ask.
    #[must_use]
    pub fn is_three_groups(&self) -> bool {
        let groups: Vec<&str> = self.0.split('.').collect();
        groups.len() == 3 && groups.iter().all(|group| group.bytes().all(|b| b.is_ascii_digit()))
    }

    /// A key that sorts, byte by byte, as the numbers sort; databases order by it.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let (numbers, pre_release) = self.parts();
        let mut key = String::new();
        for number in numbers {
            push_number(&mut key, number);
        }
        // '!' sorts before every digit run below and ends the numeric part; a release sorts after its pre-releases.
        match pre_release {
            None => key.push_str("!~"),
            Some(text) => {
                key.push_str("!!");
                for part in text.split('.') {
                    if part.bytes().all(|b| b.is_ascii_digit()) {
                        key.push('0');
                        push_number(&mut key, part);
                    } else {
                        key.push('1');
                        key.push_str(part);
                    }
                    key.push('!');
                }
            }
        }
        key
    }

    fn parts(&self) -> (impl Iterator<Item = &str>, Option<&str>) {
        let text = self.0.split_once('+').map_or(self.0.as_str(), |(text, _)| text);
        let (numbers, pre_release) = match text.split_once('-') {
            Some((numbers, pre_release)) => (numbers, Some(pre_release)),
            None => (text, None),
        };
        (numbers.split('.'), pre_release)
    }
}

/// A number of any length, so written that longer numbers sort later.
fn push_number(key: &mut String, digits: &str) {
    let digits = digits.trim_start_matches('0');
    let length = u32::try_from(digits.len()).unwrap_or(u32::MAX);
    key.push(char::from_u32('A' as u32 + length.min(57)).unwrap_or('z'));
    key.push_str(digits);
}

fn is_valid(text: &str) -> bool {
    let (core, metadata) = text.split_once('+').map_or((text, None), |(core, metadata)| (core, Some(metadata)));
    let (numbers, pre_release) = core.split_once('-').map_or((core, None), |(numbers, pre)| (numbers, Some(pre)));
    let dotted = |part: &str| {
        part.split('.').all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
    };
    text.len() <= 64
        && numbers.split('.').all(|group| (1..=18).contains(&group.len()) && group.bytes().all(|b| b.is_ascii_digit()))
        && pre_release.is_none_or(dotted)
        && metadata.is_none_or(dotted)
}

impl FromStr for VersionNumber {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Self, VersionError> {
        let number = text.strip_prefix(['v', 'V']).unwrap_or(text);
        if is_valid(number) { Ok(Self(number.to_owned())) } else { Err(VersionError { text: text.to_owned() }) }
    }
}

impl TryFrom<String> for VersionNumber {
    type Error = VersionError;

    fn try_from(text: String) -> Result<Self, VersionError> {
        text.parse()
    }
}

impl From<VersionNumber> for String {
    fn from(version: VersionNumber) -> Self {
        version.0
    }
}

impl Ord for VersionNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort_key().cmp(&other.sort_key()).then_with(|| self.0.cmp(&other.0))
    }
}

impl PartialOrd for VersionNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn version(text: &str) -> VersionNumber {
        text.parse().unwrap()
    }

    #[test]
    fn orders_by_number() {
        let sorted = [
            "0.9",
            "1.0",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2",
            "1.9.0",
            "1.10.0",
            "2",
            "10.0.0",
            "20191101001",
        ];
        for pair in sorted.windows(2) {
            assert!(version(pair[0]) < version(pair[1]), "{} < {}", pair[0], pair[1]);
        }
    }

    #[test]
    fn takes_off_a_leading_v_and_refuses_the_rest() {
        assert_eq!(version("v1.2.3").as_str(), "1.2.3");
        for text in ["", "1.", ".1", "1..2", "a", "1.0.0_1", "1.0 ", "1.0-", "1.0.0+", "１.0", &"1".repeat(19)] {
            assert!(text.parse::<VersionNumber>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn numeric_groups_compare_as_numbers(a in proptest::collection::vec(0u64..5000, 1..5), b in proptest::collection::vec(0u64..5000, 1..5)) {
            let text = |v: &[u64]| v.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
            prop_assert_eq!(version(&text(&a)).cmp(&version(&text(&b))), a.cmp(&b));
        }
    }
}

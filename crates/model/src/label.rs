//! Labels of hosts: `zone=a`, `example.com/rack=12`. Keys and values are those that label selectors are known for from Kubernetes:
//! up to 63 letters, digits and `-` `_` `.` inside; a key may have a DNS name and `/` in front, and a value may be empty.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The labels of a host.
pub type Labels = BTreeMap<LabelKey, LabelValue>;

/// Labels that one host may have.
pub const MOST_LABELS: usize = 64;

const LONGEST: usize = 63;
const LONGEST_PREFIX: usize = 253;

/// Why a label was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// No key.
    #[error(
        "{0:?} cannot be the key of a label: use 1 to 63 of a-z A-Z 0-9 and - _ . inside, and if need be a DNS name and / before it"
    )]
    Key(String),
    /// No value.
    #[error("{0:?} cannot be the value of a label: use up to 63 of a-z A-Z 0-9 and - _ . inside")]
    Value(String),
}

/// The key of a label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct LabelKey(String);

/// The value of a label; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct LabelValue(String);

fn is_word(text: &str) -> bool {
    let ends = |c: Option<u8>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    text.len() <= LONGEST
        && ends(text.bytes().next())
        && ends(text.bytes().next_back())
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'))
}

fn is_domain(text: &str) -> bool {
    let is_part =
        |part: &str| is_word(part) && part.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
    text.len() <= LONGEST_PREFIX && text.split('.').all(is_part)
}

impl TryFrom<String> for LabelKey {
    type Error = LabelError;

    fn try_from(text: String) -> Result<Self, LabelError> {
        let is_key = match text.split_once('/') {
            Some((prefix, name)) => is_domain(prefix) && is_word(name),
            None => is_word(&text),
        };
        if is_key { Ok(Self(text)) } else { Err(LabelError::Key(text)) }
    }
}

impl TryFrom<String> for LabelValue {
    type Error = LabelError;

    fn try_from(text: String) -> Result<Self, LabelError> {
        if text.is_empty() || is_word(&text) { Ok(Self(text)) } else { Err(LabelError::Value(text)) }
    }
}

macro_rules! texts {
    ($($name:ident),+) => {$(
        impl $name {
            /// As text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = LabelError;

            fn from_str(text: &str) -> Result<Self, LabelError> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    )+};
}

texts!(LabelKey, LabelValue);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_values_are_words() {
        let long = "a".repeat(64);
        for key in ["zone", "a", "A.b_c-9", "example.com/rack", "a/b"] {
            assert_eq!(key.parse::<LabelKey>().unwrap().as_str(), key);
        }
        for key in ["", "-a", "a-", "a b", "a/b/c", "/a", "a/", "Example.com/a", "a..b/c", "ä", &long] {
            assert!(key.parse::<LabelKey>().is_err(), "{key:?}");
        }
        for value in ["", "a", "1.0", "x_y-z"] {
            assert_eq!(value.parse::<LabelValue>().unwrap().as_str(), value);
        }
        for value in [" ", "a/b", ".a", "a,b", &long] {
            assert!(value.parse::<LabelValue>().is_err(), "{value:?}");
        }
    }
}

//! The key under which the server knows a request again.

use std::fmt;
use std::str::FromStr;

/// Makes a POST safe to repeat: the server answers a second request of the same key as it answered the first. The caller
/// makes one for each thing that it wants done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// The text cannot be a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} cannot be an idempotency key: use 1 to 64 of a-z A-Z 0-9 and - _ . :")]
pub struct KeyError {
    text: String,
}

impl IdempotencyKey {
    /// A key from 128 bits of randomness.
    #[must_use]
    pub fn from_random(randomness: u128) -> Self {
        Self(format!("{randomness:032x}"))
    }
}

impl FromStr for IdempotencyKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let usable =
            (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(&b));
        if usable { Ok(Self(text.to_owned())) } else { Err(KeyError { text: text.to_owned() }) }
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_usable_as_a_header() {
        let key = IdempotencyKey::from_random(7);
        assert_eq!(key.to_string().parse(), Ok(key));
        for text in ["", "a b", "a\r\nX: y", &"a".repeat(65)] {
            assert!(text.parse::<IdempotencyKey>().is_err(), "{text:?}");
        }
    }
}

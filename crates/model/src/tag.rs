//! Tags: words by which things are found.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Characters of a tag at most.
const LONGEST: usize = 64;

/// A word by which a package is found: 1 to 64 characters of any script, without comma, control characters and blanks at the ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, min_length = 1, max_length = 64))]
pub struct Tag(String);

/// The text is no tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} cannot be a tag: use 1 to 64 characters of any script, without comma, control characters and blanks at the ends"
)]
pub struct TagError(String);

impl Tag {
    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Tag {
    type Error = TagError;

    fn try_from(text: String) -> Result<Self, TagError> {
        let fits = (1..=LONGEST).contains(&text.chars().count());
        if fits && text.trim() == text && !text.chars().any(|c| c == ',' || c.is_control()) {
            Ok(Self(text))
        } else {
            Err(TagError(text))
        }
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_words_of_any_script() {
        for text in ["web", "前端", "team: core"] {
            assert_eq!(text.parse::<Tag>().unwrap().as_str(), text);
        }
        for text in ["", " web", "a,b", "a\nb", &"x".repeat(65)] {
            assert!(text.parse::<Tag>().is_err(), "{text:?}");
        }
    }
}

//! Which character makes which kind of variable. The table is the newer edition's, and an operator may set another.

use serde::{Deserialize, Serialize};

/// What a variable's value is, and what is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VariableKind {
    /// Its value, as it is.
    Plain,
    /// Its value, encrypted for the application and signed by the system.
    Encrypted,
    /// Its value, encrypted for the application alone.
    SingleEncrypted,
    /// A file of the package that is replaced as a whole.
    File,
}

impl VariableKind {
    const ALL: [Self; 4] = [Self::Plain, Self::Encrypted, Self::SingleEncrypted, Self::File];

    /// The word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Encrypted => "encrypted",
            Self::SingleEncrypted => "single_encrypted",
            Self::File => "file",
        }
    }
}

/// The characters of each kind. No character stands for two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefixes {
    /// By [`VariableKind::ALL`].
    lists: [Vec<u8>; 4],
}

/// A table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// A character that could be part of a name, or of something else entirely.
    #[error("{0:?} cannot be a prefix: use one of the ASCII punctuation characters other than [ ] . - _")]
    Character(char),
    /// A character that stands for two kinds, or twice.
    #[error("{0:?} stands there twice: a prefix has one meaning")]
    Twice(char),
}

impl Default for Prefixes {
    /// `@`, `#` and `&` plain, `!` and `%` encrypted, `+` encrypted once, `^` a file.
    fn default() -> Self {
        Self { lists: [b"@#&".to_vec(), b"!%".to_vec(), b"+".to_vec(), b"^".to_vec()] }
    }
}

impl Prefixes {
    /// A table of its own, each kind's characters in a text.
    ///
    /// # Errors
    /// When a character cannot be a prefix, or stands there twice.
    pub fn new(plain: &str, encrypted: &str, single_encrypted: &str, file: &str) -> Result<Self, PrefixError> {
        let texts = [plain, encrypted, single_encrypted, file];
        let mut seen = String::new();
        for c in texts.iter().flat_map(|text| text.chars()) {
            if !c.is_ascii_punctuation() || "[].-_".contains(c) {
                return Err(PrefixError::Character(c));
            }
            if seen.contains(c) {
                return Err(PrefixError::Twice(c));
            }
            seen.push(c);
        }
        Ok(Self { lists: texts.map(|text| text.as_bytes().to_vec()) })
    }

    /// What a character stands for.
    #[must_use]
    pub fn kind(&self, prefix: u8) -> Option<VariableKind> {
        VariableKind::ALL.into_iter().zip(&self.lists).find_map(|(kind, list)| list.contains(&prefix).then_some(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_has_one_meaning() {
        assert_eq!(Prefixes::new("@#&", "!%", "+", "^"), Ok(Prefixes::default()));
        assert_eq!(Prefixes::default().kind(b'%'), Some(VariableKind::Encrypted));
        assert_eq!(Prefixes::default().kind(b'$'), None);
        assert_eq!(Prefixes::new("@", "@", "", "").unwrap_err(), PrefixError::Twice('@'));
        assert_eq!(Prefixes::new("a", "", "", "").unwrap_err(), PrefixError::Character('a'));
        assert_eq!(Prefixes::new("[", "", "", "").unwrap_err(), PrefixError::Character('['));
    }
}

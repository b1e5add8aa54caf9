//! Which character makes which kind of variable. The table is the newer edition's, and a package may set another.

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "PrefixTable", into = "PrefixTable")]
pub struct Prefixes {
    /// By [`VariableKind::ALL`].
    lists: [Vec<u8>; 4],
}

/// Which characters variables begin with. Each may be any ASCII punctuation but `[` `]` `.` `-` `_`, and has one meaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrefixTable {
    /// For values as they are.
    pub plain: String,
    /// For values that are encrypted for the application and signed by the system; values as they are if the package names no public key.
    pub encrypted: String,
    /// For values that are encrypted for the application alone; values as they are if the package names no public key.
    pub single_encrypted: String,
    /// For files of the package that are replaced as a whole; empty for none.
    pub file: String,
}

/// A table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// A character that could be part of a name, or of something else entirely.
    #[error(
        "{kind}: {character:?} cannot be a prefix: use one of the ASCII punctuation characters other than [ ] . - _"
    )]
    Character {
        /// The kind that it was to stand for.
        kind: &'static str,
        /// The character.
        character: char,
    },
    /// A character that stands for two kinds, or twice.
    #[error("{character:?} stands under {first} and under {second}: a prefix has one meaning")]
    Twice {
        /// The character.
        character: char,
        /// The kind under which it stands first.
        first: &'static str,
        /// The kind under which it stands again.
        second: &'static str,
    },
}

impl Default for PrefixTable {
    fn default() -> Self {
        Prefixes::default().into()
    }
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
        let mut seen: Vec<(char, &'static str)> = Vec::new();
        for (kind, text) in VariableKind::ALL.into_iter().zip(texts) {
            let kind = kind.as_str();
            for character in text.chars() {
                if !character.is_ascii_punctuation() || "[].-_".contains(character) {
                    return Err(PrefixError::Character { kind, character });
                }
                if let Some((_, first)) = seen.iter().find(|(known, _)| *known == character) {
                    return Err(PrefixError::Twice { character, first, second: kind });
                }
                seen.push((character, kind));
            }
        }
        Ok(Self { lists: texts.map(|text| text.as_bytes().to_vec()) })
    }

    /// What a character stands for.
    #[must_use]
    pub fn kind(&self, prefix: u8) -> Option<VariableKind> {
        VariableKind::ALL.into_iter().zip(&self.lists).find_map(|(kind, list)| list.contains(&prefix).then_some(kind))
    }
}

impl TryFrom<PrefixTable> for Prefixes {
    type Error = PrefixError;

    fn try_from(table: PrefixTable) -> Result<Self, PrefixError> {
        Self::new(&table.plain, &table.encrypted, &table.single_encrypted, &table.file)
    }
}

impl From<Prefixes> for PrefixTable {
    fn from(prefixes: Prefixes) -> Self {
        let [plain, encrypted, single_encrypted, file] =
            prefixes.lists.map(|list| list.into_iter().map(char::from).collect());
        Self { plain, encrypted, single_encrypted, file }
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
        let refused = |plain, encrypted| Prefixes::new(plain, encrypted, "", "").unwrap_err().to_string();
        insta::assert_snapshot!(refused("@", "@"), @"'@' stands under plain and under encrypted: a prefix has one meaning");
        insta::assert_snapshot!(refused("@@", ""), @"'@' stands under plain and under plain: a prefix has one meaning");
        insta::assert_snapshot!(refused("", "a"), @"encrypted: 'a' cannot be a prefix: use one of the ASCII punctuation characters other than [ ] . - _");
        insta::assert_snapshot!(refused("[", ""), @"plain: '[' cannot be a prefix: use one of the ASCII punctuation characters other than [ ] . - _");
    }

    #[test]
    fn a_table_is_written_as_it_is_read() {
        let table = PrefixTable { plain: "$".to_owned(), file: String::new(), ..PrefixTable::default() };
        let prefixes = Prefixes::try_from(table.clone()).unwrap();
        assert_eq!(prefixes.kind(b'@'), None);
        assert_eq!(PrefixTable::from(prefixes), table);
    }
}

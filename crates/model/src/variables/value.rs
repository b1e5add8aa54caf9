//! What a variable's value may be.

use serde::{Deserialize, Serialize};

use crate::name::SecretName;

/// The longest value, in bytes.
pub const LONGEST_VALUE: usize = 64 << 10;

/// A value, or the secret of the vault that is one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "type", content = "value")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VariableValue {
    /// Any text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
    /// What the vault holds under this name.
    Secret(SecretName),
}

/// The types of values, as people choose them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum VariableType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// A secret of the vault.
    Secret,
}

/// A text that is no value of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Not of the type.
    #[error("{text:?} is not {wanted}")]
    Type {
        /// What was given.
        text: String,
        /// What it should be.
        wanted: &'static str,
    },
    /// Longer than any value may be.
    #[error("a value may have {LONGEST_VALUE} bytes; larger ones belong into files of a package")]
    Long,
    /// A character that no file of text has.
    #[error("a value may not hold the character NUL")]
    Nul,
}

impl VariableValue {
    /// Reads a text as a value of a type.
    ///
    /// # Errors
    /// When it is none.
    pub fn read(r#type: VariableType, text: &str) -> Result<Self, ValueError> {
        let wrong = |wanted| ValueError::Type { text: text.to_owned(), wanted };
        let value = match r#type {
            VariableType::Text => Self::Text(text.to_owned()),
            VariableType::Integer => text.parse().map(Self::Integer).map_err(|_| wrong("a whole number"))?,
            VariableType::Boolean => text.parse().map(Self::Boolean).map_err(|_| wrong("true or false"))?,
            VariableType::Secret => text.parse().map(Self::Secret).map_err(|_| wrong("the name of a secret"))?,
        };
        value.check()?;
        Ok(value)
    }

    /// Whether it may be one.
    ///
    /// # Errors
    /// When it is too long, or holds what no text does.
    pub fn check(&self) -> Result<(), ValueError> {
        match self {
            Self::Text(text) if text.len() > LONGEST_VALUE => Err(ValueError::Long),
            Self::Text(text) if text.contains('\0') => Err(ValueError::Nul),
            _ => Ok(()),
        }
    }

    /// Its type.
    #[must_use]
    pub fn r#type(&self) -> VariableType {
        match self {
            Self::Text(_) => VariableType::Text,
            Self::Integer(_) => VariableType::Integer,
            Self::Boolean(_) => VariableType::Boolean,
            Self::Secret(_) => VariableType::Secret,
        }
    }

    /// What stands in a file in its place; nothing for a secret, which only the vault knows.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Boolean(flag) => Some(flag.to_string()),
            Self::Secret(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_by_type() {
        let read = |r#type, text: &str| VariableValue::read(r#type, text).map(|value| value.text());
        assert_eq!(read(VariableType::Text, " a\nb "), Ok(Some(" a\nb ".to_owned())));
        assert_eq!(read(VariableType::Integer, "-7"), Ok(Some("-7".to_owned())));
        assert_eq!(read(VariableType::Secret, "db-password"), Ok(None));
        insta::assert_snapshot!(read(VariableType::Boolean, "yes").unwrap_err(), @r#""yes" is not true or false"#);
        insta::assert_snapshot!(read(VariableType::Text, &"a".repeat(LONGEST_VALUE + 1)).unwrap_err(), @"a value may have 65536 bytes; larger ones belong into files of a package");
        assert_eq!(read(VariableType::Text, "a\0"), Err(ValueError::Nul));
    }

    #[test]
    fn it_travels_with_its_type() {
        let value = VariableValue::Secret("db-password".parse().unwrap());
        assert_eq!(serde_json::to_string(&value).unwrap(), r#"{"type":"secret","value":"db-password"}"#);
    }
}

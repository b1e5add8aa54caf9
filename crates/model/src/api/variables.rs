//! Variables of versions (`GET /api/v1/packages/{package}/versions/{version}/variables`), and the check of a text in an editor
//! (`POST /api/v1/config/check`).

use serde::{Deserialize, Serialize};

use super::packages::Finding;
use crate::syntax::ConfigLanguage;
#[cfg(feature = "openapi")]
use crate::variables::PrefixTable;
use crate::variables::{Doubt, Prefixes, VariableKind};

/// The most bytes of a text that is checked for an editor: 512 KiB.
pub const MAX_CHECKED_BYTES: usize = 512 << 10;

/// The most variables that are told of one text, and the most things that only look like one.
pub const MOST_CHECKED: usize = 1_000;

/// The most variables that are kept of one version, doubtful ones among them.
pub const MOST_KEPT: usize = 10_000;

/// A variable in a text, or what looks like one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundVariable {
    /// The file, relative to the top of the package; absent in the check of a text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column of its bracket, counted from 1, in UTF-16 code units, as editors count.
    pub column: u32,
    /// How many columns it has, with its brackets.
    pub length: u32,
    /// The character behind its bracket: `@`.
    pub prefix: char,
    /// What that character stands for.
    pub kind: VariableKind,
    /// Its name, without the prefix: `db_ip`.
    pub name: String,
    /// Why it is rather taken for something else, and left as it is; absent if it is a variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<VariableDoubt>,
}

/// Why something that looks like a variable is taken for something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VariableDoubt {
    /// For programs.
    pub kind: Doubt,
    /// For people, in a sentence: `it is a conversion of a log pattern`.
    pub reason: String,
}

impl From<Doubt> for VariableDoubt {
    fn from(kind: Doubt) -> Self {
        Self { kind, reason: kind.reason().to_owned() }
    }
}

/// Which of what was found a list has: variables, or what only looks like one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Certainty {
    /// Variables.
    #[default]
    Variables,
    /// What only looks like one, with `doubt`.
    Doubts,
}

impl Certainty {
    /// The word used in the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Variables => "variables",
            Self::Doubts => "doubts",
        }
    }
}

/// A text to look at, of up to 512 KiB. The language is the one that is said, or the one that the path's extension says; the syntax of any
/// other text is not looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckConfig {
    /// The text.
    pub text: String,
    /// The path of the file: `conf/shop.yaml`. Findings name it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What it is written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<ConfigLanguage>,
    /// Which characters variables begin with, as under `[variables.prefixes]` of `packhorse.toml`.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = PrefixTable))]
    pub prefixes: Prefixes,
}

/// What was found in a text. Each list goes from the top of the text down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigCheck {
    /// What it was read as; absent if its syntax was not looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<ConfigLanguage>,
    /// What is wrong with it, each with line and column.
    pub findings: Vec<Finding>,
    /// The variables, 1000 at most.
    pub variables: Vec<FoundVariable>,
    /// What only looks like a variable, 1000 at most.
    pub doubts: Vec<FoundVariable>,
    /// Whether there was more than is listed.
    pub is_truncated: bool,
}

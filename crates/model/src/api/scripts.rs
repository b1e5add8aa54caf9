//! Danger rules, and what they find in a script.

use serde::{Deserialize, Serialize};

use crate::danger::{DangerAction, DangerLevel, Language, RuleOrigin};
use crate::name::DangerRuleName;

/// The most bytes of a text that is checked for an editor: 512 KiB.
pub const MAX_CHECKED_BYTES: usize = 512 << 10;

/// A danger rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DangerRule {
    /// Its name, unique and for good.
    pub name: DangerRuleName,
    /// Where it comes from.
    pub origin: RuleOrigin,
    /// Everything else, in the form in which it is written.
    #[serde(flatten)]
    pub spec: DangerRuleSpec,
    /// When it was last changed here; absent for a default rule that is as it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<jiff::Timestamp>,
}

/// What a danger rule says.
///
/// Of a default rule only `action` and `is_enabled` may be changed; the rest is sent back as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DangerRuleSpec {
    /// What is dangerous about it, in a sentence of up to 200 characters.
    pub message: String,
    /// How bad it is.
    pub level: DangerLevel,
    /// What becomes of a script with it.
    pub action: DangerAction,
    /// In which languages it looks.
    pub languages: Vec<Language>,
    /// The regular expression of an own rule, of up to 500 characters; absent for default rules, which know the languages' structure.
    ///
    /// It is looked for in each line without its comments, in SQL in each statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Whether it looks at all.
    #[serde(default = "yes")]
    pub is_enabled: bool,
}

fn yes() -> bool {
    true
}

/// A new danger rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDangerRule {
    /// Its name.
    pub name: DangerRuleName,
    /// Everything else.
    #[serde(flatten)]
    pub spec: DangerRuleSpec,
}

/// A script to look at, of up to 512 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckScript {
    /// The script.
    pub text: String,
    /// What it is written in.
    pub language: Language,
}

/// What danger rules found in a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScriptCheck {
    /// What was found, from the top of the text down; 100 at most.
    pub findings: Vec<DangerFinding>,
    /// Whether a package with this script would be refused.
    pub is_blocked: bool,
    /// Whether there was more than is listed.
    pub is_truncated: bool,
}

/// Something dangerous in a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DangerFinding {
    /// The rule that found it.
    pub rule: DangerRuleName,
    /// What is dangerous about it.
    pub message: String,
    /// How bad it is.
    pub level: DangerLevel,
    /// What becomes of a script with it.
    pub action: DangerAction,
    /// Where it is.
    pub span: TextSpan,
    /// What stands there, cut after 200 characters.
    pub text: String,
}

/// A place in a text, as editors count: lines and columns from 1, columns in UTF-16 code units, the end exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TextSpan {
    /// The line in which it begins.
    pub line: u32,
    /// The column in which it begins.
    pub column: u32,
    /// The line in which it ends.
    pub end_line: u32,
    /// The column before which it ends.
    pub end_column: u32,
}

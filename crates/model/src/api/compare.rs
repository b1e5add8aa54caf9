//! What is different between two versions.

use serde::{Deserialize, Serialize};

use crate::api::packages::TreeEntry;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComparedVersion {
    /// The package.
    pub package: PackageName,
    /// The version.
    pub version: VersionNumber,
}

/// A page of what is different, by path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// The version that is compared.
    pub from: ComparedVersion,
    /// With this one.
    pub to: ComparedVersion,
    /// How much is different in all.
    pub counts: ChangeCounts,
    /// The rows.
    pub items: Vec<TreeChange>,
    /// Opaque; absent on the last page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Rows of the whole list.
    pub total: u64,
}

/// How much is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeCounts {
    /// Entries that only the second has.
    pub added: u64,
    /// Entries that only the first has.
    pub removed: u64,
    /// Entries of other content.
    pub changed: u64,
    /// Entries that differ in their permissions alone.
    pub mode: u64,
    /// Files that are elsewhere now.
    pub renamed: u64,
    /// Entries that are the same.
    pub unchanged: u64,
}

/// What happened to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChangeKind {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Its content is another, or it is another kind of entry.
    Changed,
    /// Only its permissions differ.
    Mode,
    /// A file of the same content, or one of a similar name, is elsewhere now.
    Renamed,
}

/// An entry that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeChange {
    /// What happened.
    pub change: ChangeKind,
    /// As the first has it.
    pub old: Option<TreeEntry>,
    /// As the second has it.
    pub new: Option<TreeEntry>,
}

/// The text of a file in both versions, compared line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileDiff {
    /// Where the first has it; absent if it does not.
    pub old_path: Option<String>,
    /// Where the second has it; absent if it does not.
    pub new_path: Option<String>,
    /// What could be compared.
    pub content: DiffContent,
    /// Groups of lines around what differs; none if the texts are equal, or no texts.
    pub hunks: Vec<Hunk>,
}

/// What could be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DiffContent {
    /// Both are the same bytes.
    Same,
    /// Both are text.
    Text,
    /// At least one is no text in UTF-8.
    Binary,
    /// At least one is longer than 1 MiB.
    TooLarge,
}

/// A group of lines around what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Hunk {
    /// The number of its first line in the old text, from 1; 0 if it has none there.
    pub old_start: u32,
    /// Lines of the old text.
    pub old_lines: u32,
    /// The number of its first line in the new text, from 1; 0 if it has none there.
    pub new_start: u32,
    /// Lines of the new text.
    pub new_lines: u32,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// A line of a hunk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DiffLine {
    /// Where it is.
    pub side: DiffSide,
    /// The text, without its end.
    pub text: String,
    /// Whether the text ends here without a newline.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_newline: bool,
}

/// Where a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DiffSide {
    /// In both.
    Both,
    /// In the old text only.
    Old,
    /// In the new text only.
    New,
}

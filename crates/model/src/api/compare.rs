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

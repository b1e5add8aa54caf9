//! What became of a draft: the answer to a change, the history, and why a change was refused.

use serde::{Deserialize, Serialize};

use super::Draft;
use crate::api::packages::{Finding, TreeEntryKind};
use crate::digest::Digest;
use crate::name::UserName;
use crate::problem::Problem;

/// What an accepted change has made of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The draft as it is now.
    pub draft: Draft,
    /// What was changed, by path; at most the first 1000.
    pub changed: Vec<ChangedPath>,
    /// How many paths were changed; 0 if there was nothing to do, and then the revision is the old one.
    pub count: u64,
}

/// A path that a change touched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangedPath {
    /// The path.
    pub path: String,
    /// The content of the file that is there now.
    pub digest: Option<Digest>,
    /// What became of it.
    pub became: Became,
}

/// What became of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Became {
    /// It was not there, and is.
    Added,
    /// It is another than before.
    Changed,
    /// It is not there any more.
    Removed,
}

/// A change in the history of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DraftChange))]
pub struct Change {
    /// The revision that it made.
    pub revision: u64,
    /// What kind of change.
    pub kind: ChangeKind,
    /// What was done, in a few words: `write conf/app.toml`.
    pub title: String,
    /// Who did it.
    pub by: UserName,
    /// When.
    pub at: jiff::Timestamp,
    /// The revision that undid it, if it is undone.
    pub undone_by: Option<u64>,
    /// How many paths it touched.
    pub count: u64,
    /// The first 20 of them.
    pub changed: Vec<ChangedPath>,
}

/// What kind of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = DraftChangeKind))]
pub enum ChangeKind {
    /// Files were changed.
    Edit,
    /// An edit was undone.
    Undo,
    /// An edit that was undone was done again.
    Redo,
    /// Version, build or description were changed.
    Settings,
}

/// Undoes an edit, or does it again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Undo {
    /// The revision of the edit. If not said: to undo, the caller's last edit that is not undone; to do again, the one that the caller undid
    /// last, unless the caller has edited since.
    #[serde(default)]
    pub revision: Option<u64>,
}

/// Why a change was refused that expected something else than what is there: code `draft_conflict`, 409. Nothing was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConflictProblem {
    /// In words.
    #[serde(flatten)]
    pub problem: Problem,
    /// What is there in fact, for each path; at most the first 100.
    pub conflicts: Vec<PathConflict>,
}

/// What is there in place of what was expected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PathConflict {
    /// The path; empty for version, build and description.
    pub path: String,
    /// What is there now; absent if nothing is.
    pub present: Option<TreeEntryKind>,
    /// The content of the file that is there now.
    pub digest: Option<Digest>,
    /// Who changed it last, if somebody has since the draft began.
    pub changed_by: Option<UserName>,
    /// When.
    pub changed_at: Option<jiff::Timestamp>,
    /// In which revision.
    pub revision: Option<u64>,
}

/// Why a draft was not published: code `draft_refused`, 422.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefusedProblem {
    /// In words.
    #[serde(flatten)]
    pub problem: Problem,
    /// Everything that lint found.
    pub findings: Vec<Finding>,
}

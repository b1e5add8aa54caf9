//! Drafts: versions that are being made. A draft is edited by several people at once and frozen by publishing it.
//!
//! What a request changes is told path by path, and so is what it expects to find there: two people who change different files
//! never meet, and two who change the same one hear of each other.

mod changes;
mod expectation;
mod uploads;

use serde::{Deserialize, Serialize};

pub use changes::{
    Accepted, Became, Change, ChangeKind, ChangedPath, ConflictProblem, PathConflict, RefusedProblem, Undo,
};
pub use expectation::{Expectation, ExpectationError};
pub use uploads::{CreateUpload, DraftUpload, Existing, FinishUpload, UploadPlace};

use super::packages::{Finding, TreeEntryKind, VersionDetail};
use crate::digest::Digest;
use crate::ids::DraftId;
use crate::kind::PackageKind;
use crate::manifest::Manifest;
use crate::name::{PackageName, UserName};
use crate::version::VersionNumber;

/// The directories that a package usually begins with.
pub const USUAL_DIRECTORIES: [&str; 7] = ["bin", "conf", "data", "lib", "logs", "scripts", "tools"];

/// Begins a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateDraft {
    /// The package; it need not be there yet.
    pub package: PackageName,
    /// What it carries. If not said: what the package carries already, else `database` for a name that ends in `-db`, else `file`.
    #[serde(default)]
    pub kind: Option<PackageKind>,
    /// What the draft begins with.
    #[serde(default)]
    pub start: DraftStart,
    /// The number that it is to be published under, if that is known.
    #[serde(default)]
    pub version: Option<VersionNumber>,
    /// The build.
    #[serde(default)]
    pub build: Option<String>,
    /// A line about the version.
    #[serde(default)]
    pub description: String,
}

/// What a draft begins with.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "with", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DraftStart {
    /// Nothing.
    #[default]
    Empty,
    /// The usual directories: [`USUAL_DIRECTORIES`].
    Directories,
    /// The content of a version of the package, which is then what the draft is compared with.
    Version {
        /// Its number.
        version: VersionNumber,
    },
}

/// A draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    /// Its identity.
    pub id: DraftId,
    /// The package.
    pub package: PackageName,
    /// What it carries.
    pub kind: PackageKind,
    /// The version that it began with and is compared with.
    pub base: Option<VersionNumber>,
    /// The number that it is to be published under.
    pub version: Option<VersionNumber>,
    /// The build.
    pub build: Option<String>,
    /// A line about the version.
    pub description: String,
    /// Whether it may still be changed.
    pub state: DraftState,
    /// Raised by one with every accepted change. A client that knows it can ask for what has changed since.
    pub revision: u64,
    /// Files, directories and links in it.
    pub entries: u64,
    /// Bytes of its files.
    pub size: u64,
    /// Who began it.
    pub creator: UserName,
    /// When.
    pub created_at: jiff::Timestamp,
    /// Who changed it last.
    pub updated_by: UserName,
    /// When.
    pub updated_at: jiff::Timestamp,
}

/// Whether a draft may still be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DraftState {
    /// It may.
    Open,
    /// It is frozen: it has become a version.
    Published,
}

/// Changes what is said about a draft besides its files; takes the place of all of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateDraft {
    /// The number that it is to be published under.
    pub version: Option<VersionNumber>,
    /// The build.
    pub build: Option<String>,
    /// A line about the version.
    pub description: String,
    /// The revision that the caller has seen: refused if these words were changed after it.
    pub seen: u64,
}

/// An entry of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftEntry {
    /// Relative to the top of the package.
    pub path: String,
    /// What it is; of one that was removed, what it was.
    pub kind: TreeEntryKind,
    /// The nine permission bits, in octal: `755`.
    pub mode: String,
    /// Bytes of a file; 0 for others.
    pub size: u64,
    /// Content of a file.
    pub digest: Option<Digest>,
    /// Where a link points.
    pub target: Option<String>,
    /// How it differs from the version that the draft began with.
    pub difference: Difference,
    /// Of one that was moved or copied: where it lay in that version.
    pub from: Option<String>,
    /// The revision that changed it last; 0 if none did.
    pub revision: u64,
}

/// How an entry differs from the version that its draft began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Difference {
    /// Not at all.
    Unchanged,
    /// It was not there.
    Added,
    /// It has other content, or is something else.
    Modified,
    /// Only its mode is another one.
    Mode,
    /// It lay elsewhere, and no longer does.
    Moved,
    /// It is not there any more.
    Removed,
}

/// Changes to a draft, all of them or none, in this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Batch {
    /// The revision that the caller has seen: refused if anything that these operations touch, or that lies below it, was changed after it.
    #[serde(default)]
    pub seen: Option<u64>,
    /// The operations; 1 to 1000.
    pub operations: Vec<Operation>,
}

/// One change. Paths are relative to the top of the package; the empty path is the top itself. Directories above a new entry are made
/// if they are missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Operation {
    /// Makes a directory. One that is there already is fine.
    MakeDirectory {
        /// Its path.
        path: String,
    },
    /// Makes the usual directories inside one: `bin conf data lib logs scripts tools`.
    InitialiseDirectory {
        /// The directory; empty for the top.
        #[serde(default)]
        path: String,
    },
    /// Removes everything inside a directory, and keeps it.
    ClearDirectory {
        /// The directory; empty for the top.
        path: String,
    },
    /// Writes a text file, new or in place of one.
    WriteText {
        /// Its path.
        path: String,
        /// All of its text. What does not fit into a request of 1 MiB is sent to `files/{path}`.
        text: String,
        /// The mode, in octal; kept if not said, 644 for a new file.
        #[serde(default)]
        mode: Option<String>,
        /// What must be there: `absent`, the digest that was read, or `any`.
        expect: Expectation,
    },
    /// Moves or renames an entry with everything below it. Nothing may be where it goes.
    Move {
        /// Where it is.
        from: String,
        /// Where it goes.
        to: String,
        /// What must be there.
        #[serde(default)]
        expect: Expectation,
    },
    /// Copies an entry with everything below it. Nothing may be where the copy goes.
    Copy {
        /// Where it is.
        from: String,
        /// Where the copy goes.
        to: String,
        /// What must be there.
        #[serde(default)]
        expect: Expectation,
    },
    /// Changes the permission bits of a file or directory.
    SetMode {
        /// Its path.
        path: String,
        /// In octal: `755`.
        mode: String,
        /// What must be there.
        #[serde(default)]
        expect: Expectation,
    },
    /// Removes an entry with everything below it.
    Delete {
        /// Its path.
        path: String,
        /// What must be there.
        #[serde(default)]
        expect: Expectation,
    },
    /// Makes an entry, and everything below it, what it was in the version that the draft began with.
    Revert {
        /// Its path.
        path: String,
    },
}

/// The settings of a draft's package, as its `packhorse.toml` says them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftManifest {
    /// The settings; the defaults if the file is not there.
    pub manifest: Manifest,
    /// The digest of the file; absent if it is not there. To be given back as `expect`.
    pub digest: Option<Digest>,
}

/// Writes settings into a draft's `packhorse.toml`, keeping its comments and the order of its keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutManifest {
    /// All settings.
    pub manifest: Manifest,
    /// What must be there: `absent`, or the digest that was read.
    pub expect: Expectation,
}

/// Publishes a draft.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublishDraft {
    /// The number; the draft's if not said.
    #[serde(default)]
    pub version: Option<VersionNumber>,
    /// The build; the draft's if not said.
    #[serde(default)]
    pub build: Option<String>,
    /// A line about the version; the draft's if not said.
    #[serde(default)]
    pub description: Option<String>,
    /// The revision that the caller has seen: refused if the draft was changed after it.
    #[serde(default)]
    pub seen: Option<u64>,
}

/// What a draft has become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Published {
    /// The version.
    pub version: VersionDetail,
    /// What should be better about it.
    pub warnings: Vec<Finding>,
}

/// What lint says of a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftLint {
    /// The revision that was looked at.
    pub revision: u64,
    /// Everything that was found; an error among it refuses to be published.
    pub findings: Vec<Finding>,
}

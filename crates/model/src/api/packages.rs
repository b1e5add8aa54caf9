//! Packages and their versions.

use serde::{Deserialize, Serialize};

use crate::api::version_states::StateChange;
use crate::digest::Digest;
use crate::filename::ArchiveFormat;
use crate::ids::{PackageId, VersionId};
use crate::kind::{PackageKind, VersionState};
use crate::layout::Layout;
use crate::manifest::Manifest;
use crate::name::{PackageName, UserName};
use crate::version::VersionNumber;

/// A package in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PackageSummary {
    /// Its identity.
    pub id: PackageId,
    /// Its name.
    pub name: PackageName,
    /// What it carries.
    pub kind: PackageKind,
    /// A line about it.
    pub description: String,
    /// The highest version that may be deployed.
    pub latest: Option<VersionNumber>,
    /// How many versions it has.
    pub versions: u64,
    /// On how many hosts it is.
    pub instances: u64,
    /// In how many modules it is.
    pub modules: u64,
    /// How many versions are only registered: known by a project.xml, and without content, so that they cannot be deployed yet.
    #[serde(default)]
    pub registered: u64,
    /// Words by which it is found: those that people gave it, and those of its latest version.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub tags: Vec<String>,
    /// Those of them that people gave it, and may change.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub own_tags: Vec<String>,
    /// Who made it.
    pub creator: UserName,
    /// When it was made.
    pub created_at: jiff::Timestamp,
    /// When a version was last added, or the package changed.
    pub updated_at: jiff::Timestamp,
}

/// A version in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionSummary {
    /// Its identity.
    pub id: VersionId,
    /// Its package.
    pub package: PackageName,
    /// Its number.
    pub version: VersionNumber,
    /// What stood between version and extension in the name of the archive.
    pub build: Option<String>,
    /// A line about it.
    pub description: String,
    /// Where it stands.
    pub state: VersionState,
    /// Its content.
    pub tree: Digest,
    /// Files in it.
    pub files: u64,
    /// Bytes of its files.
    pub size: u64,
    /// Bytes that it added to the store.
    pub new_bytes: u64,
    /// On how many hosts it is.
    pub instances: u64,
    /// In how many modules it is.
    pub modules: u64,
    /// Its place among what is installed together: the lowest first, and last what has none.
    #[serde(default)]
    pub installrank: Option<i64>,
    /// Who pushed it.
    pub creator: UserName,
    /// When.
    pub created_at: jiff::Timestamp,
    /// When it last came to a host, or left one; `null` if it never did.
    #[serde(default)]
    pub deployed_at: Option<jiff::Timestamp>,
    /// Whether it is protected: whether neither a rule nor a person deletes it.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub is_protected: bool,
}

/// Everything about one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionDetail {
    /// As in lists.
    pub summary: VersionSummary,
    /// How it lies on hosts.
    pub layout: Layout,
    /// What it says about itself, with what was found by convention.
    pub manifest: Manifest,
    /// The archive as it was uploaded.
    pub archive: ArchiveInfo,
    /// Who changed its state last, when, and why; absent if nobody did since it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_change: Option<StateChange>,
}

/// An archive as it was uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArchiveInfo {
    /// Its file name.
    pub file_name: String,
    /// How it is packed.
    pub format: ArchiveFormat,
    /// Its size in bytes.
    pub size: u64,
    /// SHA-256 of it, in hexadecimal.
    pub sha256: String,
    /// MD5 of it, in hexadecimal; for people who compare with older systems.
    pub md5: String,
    /// How its exact bytes are kept.
    pub kept_as: KeptAs,
}

/// How the exact bytes of an archive are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum KeptAs {
    /// As they came, until it is known whether a recipe reproduces them.
    OriginalUntilProven,
    /// As a recipe over the content, proven to reproduce them bit for bit.
    Recipe,
    /// As they came, since no recipe reproduces them.
    Original,
}

/// What a push came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushReply {
    /// The version.
    pub version: VersionDetail,
    /// Whether this push made it.
    pub outcome: PushOutcome,
    /// What should be better about the package; nothing here refuses it.
    pub warnings: Vec<Finding>,
}

/// Whether a push made the version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PushOutcome {
    /// It did.
    Created,
    /// The version was there with the same bytes.
    AlreadyThere,
}

/// Something that lint found in a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// Stable: `PKG_PATH`, `NAME_FORM`, `MANIFEST_SYNTAX`.
    pub rule: String,
    /// Whether it refuses the package.
    pub severity: Severity,
    /// Where; absent if it is about the whole package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<super::Place>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// What was found when a published version was looked at again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionFindings {
    /// The worst first; 200 at most.
    pub findings: Vec<Finding>,
}

/// Whether a finding refuses the package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Severity {
    /// Good to know.
    Advice,
    /// Should be better.
    Warning,
    /// Refuses the package.
    Error,
}

/// One entry of a version's tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TreeEntry {
    /// Relative to the top of the package.
    pub path: String,
    /// What it is.
    pub kind: TreeEntryKind,
    /// The nine permission bits, in octal: `755`.
    pub mode: String,
    /// Bytes of a file; 0 for others.
    pub size: u64,
    /// Content of a file.
    pub digest: Option<Digest>,
    /// Where a link points.
    pub target: Option<String>,
}

/// What an entry of a tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum TreeEntryKind {
    /// A directory.
    Directory,
    /// A regular file.
    File,
    /// A symbolic link, relative and inside the package.
    Symlink,
}

//! The state of the storage, and work on it.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::StorageJobId;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// What the storage holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StorageStats {
    /// Packages.
    pub packages: u64,
    /// Versions.
    pub versions: u64,
    /// Bytes of all versions' files, as if each were kept by itself.
    pub content_bytes: u64,
    /// Packs of segments.
    pub packs: u64,
    /// Bytes that they take.
    pub pack_bytes: u64,
    /// Archives that are kept as they came.
    pub originals: u64,
    /// Bytes that they take.
    pub original_bytes: u64,
    /// Segments whose bytes on disk are known to be damaged.
    pub damaged_segments: u64,
    /// The job that runs.
    pub running: Option<StorageJob>,
    /// The last collection of garbage.
    pub last_gc: Option<StorageJob>,
    /// The last verification.
    pub last_verify: Option<StorageJob>,
}

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobKind {
    /// Removes content that nothing needs.
    Gc,
    /// Reads everything and finds what is damaged.
    Verify,
}

/// A job that is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobRequest {
    /// What it does.
    pub kind: JobKind,
    /// Finds out what would be done, and does nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// Of a verification: brings what is damaged back from other copies, where there are any.
    #[serde(default)]
    pub repair: bool,
    /// Of a collection: for how many seconds content must have been unneeded; the server's configuration if not said.
    #[serde(default)]
    pub grace_seconds: Option<u32>,
}

impl JobRequest {
    /// A job without any options.
    #[must_use]
    pub fn new(kind: JobKind) -> Self {
        Self { kind, dry_run: false, repair: false, grace_seconds: None }
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobState {
    /// It works.
    Running,
    /// It came to its end.
    Done,
    /// It could not go on; `failure` says why.
    Failed,
    /// Its server stopped. Nothing is lost; start it again.
    Interrupted,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobProgress {
    /// What it is doing: `marking`, `sweeping`, `packs`, `originals`, `compacting`, `reading`, `tracing`, `repairing`.
    pub phase: String,
    /// How many things of this phase are done.
    pub done: u64,
    /// How many there are, if that is known.
    pub total: Option<u64>,
}

/// A job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StorageJob {
    /// Its identity.
    pub id: StorageJobId,
    /// What was asked for.
    pub request: JobRequest,
    /// Where it stands.
    pub state: JobState,
    /// How far it is.
    pub progress: JobProgress,
    /// What it came to.
    pub report: Option<JobReport>,
    /// Why it failed.
    pub failure: Option<String>,
    /// Who started it: a user, or `server` for what is done every day.
    pub creator: String,
    /// When.
    pub created_at: jiff::Timestamp,
    /// When it ended.
    pub ended_at: Option<jiff::Timestamp>,
}

/// What a job came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum JobReport {
    /// Of a collection.
    Gc(GcReport),
    /// Of a verification.
    Verify(VerifyReport),
}

/// What a collection removed, or, in a dry run, would remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GcReport {
    /// Segments that were removed.
    pub removed_segments: u64,
    /// Segments that nothing needs any more, to be removed by a collection after the time of grace.
    pub condemned_segments: u64,
    /// Packs that were removed.
    pub removed_packs: u64,
    /// Archives that were removed.
    pub removed_originals: u64,
    /// Bytes on disk that became free.
    pub freed_bytes: u64,
    /// Packs whose content was put together into fuller ones. They are removed by a collection after the time of grace.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub rewritten_packs: u64,
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VerifyReport {
    /// Packs that were read.
    pub packs: u64,
    /// Bytes that were read.
    pub bytes: u64,
    /// Segments that were checked.
    pub segments: u64,
    /// Segments that are damaged; `GET /api/v1/storage/damage` says where, and who needs them.
    pub damaged_segments: u64,
    /// Ranges of bytes that hold damaged segments still.
    pub damaged_ranges: u64,
    /// Damaged segments that were brought back from other copies.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub repaired_segments: u64,
}

/// A range of a pack whose bytes are not what was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DamagedRange {
    /// The pack.
    pub pack: Digest,
    /// Its first byte.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
    /// Segments in it that are damaged.
    pub segments: u64,
    /// Who needs it, as the last verification found out; up to 50. To mend it, push one of these versions again.
    pub uses: Vec<DamageUse>,
}

/// A file that needs something damaged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DamageUse {
    /// The package.
    pub package: PackageName,
    /// The version.
    pub version: VersionNumber,
    /// The file; empty for the list of the files itself, or the archive's own frame.
    pub path: String,
}

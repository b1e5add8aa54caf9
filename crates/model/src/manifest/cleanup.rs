//! What may be deleted on a host, and when: rules such as ZhiYun's and TARS's `clear.conf` have.

use serde::{Deserialize, Serialize};

/// One rule. It fires when a threshold is reached; with none it fires at every look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CleanupRule {
    /// Directory, relative to the install root.
    pub directory: String,
    /// Fires when this percentage of the partition is in use (1 to 100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_percent: Option<u8>,
    /// Fires when the directory holds this many MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_mib: Option<u64>,
    /// What is done with the files that are chosen.
    pub action: CleanupAction,
    /// Only files that were not changed for this long: `10d`, `12h`, `30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_than: Option<String>,
    /// Only files larger than this many KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub larger_than_kib: Option<u64>,
    /// Only files whose name matches: `*.log`.
    #[serde(default = "everything")]
    pub glob: String,
}

fn everything() -> String {
    "*".to_owned()
}

/// What is done with files that a rule chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CleanupAction {
    /// They are deleted.
    Delete,
    /// They are put into an archive beside them, and then deleted.
    Archive,
    /// They are emptied, and stay.
    Truncate,
    /// They are only reported.
    Warn,
}

//! What scripts wrote on hosts, and how they ended there.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::ids::{AttemptId, HostId, UnitId};
use crate::name::HostName;
use crate::run::ScriptExit;

/// Hosts at which a script ended in the same way and wrote the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OutputGroup {
    /// Names the group within its deployment.
    pub id: String,
    /// How it ended.
    pub exit: ScriptExit,
    /// Bytes of the output that was kept of each host.
    pub output_bytes: u64,
    /// The BLAKE3 of that output.
    pub output_digest: Digest,
    /// How many hosts.
    pub hosts: u64,
    /// The first of them by name, whose output shows what all of them wrote.
    pub first: HostName,
    /// The attempt at that host.
    pub attempt: AttemptId,
    /// The step in it that ran the script.
    pub step: u32,
    /// The fastest of them, in milliseconds.
    pub fastest_millis: u64,
    /// The slowest of them, in milliseconds.
    pub slowest_millis: u64,
    /// When the output was dropped by the site's rule; how the script ended stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_at: Option<jiff::Timestamp>,
}

/// How a script ended on one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HostOutput {
    /// The host.
    pub host: HostId,
    /// Its name.
    pub host_name: HostName,
    /// The group that it belongs to.
    pub group: String,
    /// How it ended.
    pub exit: ScriptExit,
    /// Milliseconds that it took.
    pub millis: u64,
    /// Bytes of the output that was kept.
    pub output_bytes: u64,
    /// The unit.
    pub unit: UnitId,
    /// The attempt.
    pub attempt: AttemptId,
    /// The step in it that ran the script; `GET /api/v1/attempts/{attempt}/steps/{step}/output` has what it wrote.
    pub step: u32,
    /// When the output was dropped by the site's rule; how the script ended stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dropped_at: Option<jiff::Timestamp>,
}

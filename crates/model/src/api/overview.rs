//! The overview.

use serde::{Deserialize, Serialize};

use super::deployments::DeploymentSummary;
use super::packages::VersionSummary;

/// What goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Overview {
    /// Hosts that are heard of.
    pub hosts_online: u64,
    /// Hosts that are not.
    pub hosts_offline: u64,
    /// Packages.
    pub packages: u64,
    /// Versions.
    pub versions: u64,
    /// Instances.
    pub instances: u64,
    /// Instances with a check that does not hold.
    pub instances_unhealthy: u64,
    /// Bytes of all versions' files.
    pub content_bytes: u64,
    /// Bytes that the store takes for them.
    pub stored_bytes: u64,
    /// Deployments that are not at their end, newest first, at most 10.
    pub running: Vec<DeploymentSummary>,
    /// Deployments that ended, newest first, at most 10.
    pub recent: Vec<DeploymentSummary>,
    /// Versions, newest first, at most 10.
    pub recent_versions: Vec<VersionSummary>,
}

/// One line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Without gaps, from 1.
    pub sequence: u64,
    /// When.
    pub at: jiff::Timestamp,
    /// Who: `user:admin`, `token:ci`, `host:web-1`, `engine`.
    pub actor: String,
    /// What: `version.create`, `deployment.pause`.
    pub action: String,
    /// To what: `shop-web@1.0.0`.
    pub object: String,
    /// Further details.
    pub detail: serde_json::Value,
}

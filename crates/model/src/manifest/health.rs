//! What must hold while an instance runs.

use serde::{Deserialize, Serialize};

/// One thing that must hold while the instance runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HealthCheck {
    /// What is looked at.
    #[serde(flatten)]
    pub probe: Probe,
    /// Seconds between two looks at a running instance.
    #[serde(default = "default_interval")]
    pub interval: u32,
    /// Seconds that one look may take.
    #[serde(default = "default_look")]
    pub timeout: u32,
    /// Seconds after the start within which it must hold for the first time.
    #[serde(default = "default_within")]
    pub within: u32,
}

fn default_interval() -> u32 {
    15
}

fn default_look() -> u32 {
    5
}

fn default_within() -> u32 {
    30
}

/// What a health check looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Probe {
    /// Processes whose executable or script lies in the instance's directory or bears this name: `name`, or `name:min,max`.
    Process(String),
    /// A TCP port that accepts connections on the host's address or on loopback.
    Port(u16),
    /// An HTTP URL that answers with a status below 400. Variables such as `[@packhorse.host.ip]` are replaced.
    Http(String),
    /// A file of the package that exits with 0.
    Command(String),
}

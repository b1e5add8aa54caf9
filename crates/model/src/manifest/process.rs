//! Processes that an instance consists of.

use serde::{Deserialize, Serialize};

/// One process to watch. The short form `name`, `name:min,max` of TARS is read into this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProcessRule {
    /// Name of the executable or the script.
    pub name: String,
    /// The fewest that must run.
    #[serde(default = "one")]
    pub min: u32,
    /// The most that may run; no limit if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// TCP ports that they listen on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<u16>,
}

fn one() -> u32 {
    1
}

//! Where the files of config packages go, as plans tell it.

use serde::{Deserialize, Serialize};

/// A file of a config package, and where a plan brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedConfigFile {
    /// The file in the package.
    pub file: String,
    /// Absolute path on the first of the hosts.
    pub target: String,
    /// The same as `packhorse.toml` has it, if variables make it another one on each host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// User, or `user:group`, that owns it there; as it was, or the agent's own, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its permission bits there, in octal; those of the file in the package, and no wider than they were, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

//! The files of a config package.

use serde::{Deserialize, Serialize};

/// One file and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigFile {
    /// The file in the package.
    pub file: String,
    /// Absolute path on the host. Variables such as `[@packhorse.host.name]` are replaced.
    pub target: String,
    /// User, or `user:group`, that owns it there; as it was, or the agent's own, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its permission bits there, in octal: `640`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

//! How a script is run.

use serde::{Deserialize, Serialize};

/// A script package: one file that is run on hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScriptSpec {
    /// The file in the package that is run.
    pub entry: String,
    /// What runs it.
    pub interpreter: Interpreter,
    /// Seconds after which it is killed and counts as failed.
    #[serde(default = "hour")]
    pub timeout: u32,
    /// User that runs it; the agent's own if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What it is given, in the environment, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameter: Vec<Parameter>,
}

fn hour() -> u32 {
    3600
}

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Interpreter {
    /// bash.
    Bash,
    /// The POSIX shell.
    Sh,
    /// Python 3.
    Python,
    /// Perl.
    Perl,
    /// PowerShell, where a host has it.
    Powershell,
}

/// One parameter of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parameter {
    /// Name of the environment variable: A-Z, 0-9 and _.
    pub name: String,
    /// What values it may have.
    #[serde(rename = "type", default)]
    pub value_type: ParameterType,
    /// A line about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it is if nothing is given. A secret has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a value must be given or be there by default.
    #[serde(default)]
    pub required: bool,
    /// The values to choose from, for `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What values a parameter may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ParameterType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of a list.
    Choice,
    /// Text that is not shown and not kept.
    Secret,
}

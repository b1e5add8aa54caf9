//! The words of danger rules: what makes a line of a script dangerous, how bad it is, and what becomes of it.
//!
//! The rules that come with Packhorse, and how they are matched, are `packhorse-content`'s.

use serde::{Deserialize, Serialize};

use crate::manifest::Interpreter;

/// What a text is written in, as far as danger rules tell texts apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Language {
    /// bash and the POSIX shell.
    Shell,
    /// Python.
    Python,
    /// Perl.
    Perl,
    /// PowerShell.
    Powershell,
    /// SQL.
    Sql,
}

impl From<Interpreter> for Language {
    fn from(interpreter: Interpreter) -> Self {
        match interpreter {
            Interpreter::Bash | Interpreter::Sh => Self::Shell,
            Interpreter::Python => Self::Python,
            Interpreter::Perl => Self::Perl,
            Interpreter::Powershell => Self::Powershell,
        }
    }
}

/// How bad it is if what a rule finds is run by mistake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DangerLevel {
    /// Worth a look.
    Low,
    /// Interrupts service.
    Medium,
    /// Loses data, or opens a door.
    High,
    /// Loses a host or a table.
    Critical,
}

/// What becomes of a script in which a rule finds something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DangerAction {
    /// It is said, and nothing else.
    Warn,
    /// A script package or database package with it is refused.
    Block,
}

/// Where a rule comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RuleOrigin {
    /// It comes with Packhorse: it can be switched off, and its action changed, and it cannot be deleted.
    Default,
    /// People of this site made it.
    Own,
}

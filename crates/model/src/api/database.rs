//! Database packages: what one consists of, how one version leads to another, and what is in a text of SQL.

use serde::{Deserialize, Serialize};

use super::packages::{Finding, Severity};
use super::scripts::TextSpan;
use crate::manifest::Engine;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// What a version of a database package consists of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseStructure {
    /// How its files are arranged; absent if it is none of the known ways.
    pub layout: Option<DatabaseLayout>,
    /// The file that makes an empty database, if there is one.
    pub full_load: Option<String>,
    /// What leads from version to version, by the version that it leads to.
    pub increments: Vec<Increment>,
}

/// A structure, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionDatabase {
    /// The structure.
    #[serde(flatten)]
    pub structure: DatabaseStructure,
    /// For which engine it is written, if the package says so.
    pub engine: Option<Engine>,
    /// What should be better; `place` is a file.
    pub findings: Vec<Finding>,
}

/// How the files of a database package are arranged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DatabaseLayout {
    /// `full-load/N_fullload.sql`, `increment/N_increment.sql` and `increment/N_rollback.sql`: a version leads from one before it to itself.
    FullAndIncrement,
    /// `APP_vX/increment/N_….sql` and `APP_vX/rollback/N_….sql`: a version holds the steps of all versions so far.
    Numbered,
    /// `sql/upgrade/vX.Y.Z.sql` and `sql/downgrade/vX.Y.Z.sql`: a version holds the steps of all versions so far.
    UpgradeAndDowngrade,
}

/// What leads from one version to the next, and back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Increment {
    /// The version from which it leads; absent for the first one of those layouts that hold all versions, which begins with an empty database.
    pub from: Option<VersionNumber>,
    /// The version to which it leads.
    pub to: VersionNumber,
    /// The files that lead there, in order.
    pub upgrade: Vec<String>,
    /// The files that lead back, in order.
    pub rollback: Vec<String>,
}

/// How a database comes from one version to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseChain {
    /// The package.
    pub package: PackageName,
    /// Where it begins; absent for an empty database.
    pub from: Option<VersionNumber>,
    /// Where it ends.
    pub to: VersionNumber,
    /// What is run, in order. Empty if there is nothing to do.
    pub steps: Vec<ChainStep>,
    /// What is run to come back, in order; absent if there is no way back.
    pub way_back: Option<Vec<ChainStep>>,
}

/// One step of a chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChainStep {
    /// What it does.
    pub kind: ChainStepKind,
    /// The version of the database before it; absent for an empty one.
    pub from: Option<VersionNumber>,
    /// The version of the database after it; absent for an empty one.
    pub to: Option<VersionNumber>,
    /// The version of the package that holds its files.
    pub version: VersionNumber,
    /// Its files, in order.
    pub files: Vec<String>,
}

/// What a step of a chain does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChainStepKind {
    /// Makes an empty database.
    FullLoad,
    /// Leads to a later version.
    Increment,
    /// Leads back to an earlier version.
    Rollback,
}

/// SQL to look at, of up to 512 KiB.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckSql {
    /// The SQL.
    pub text: String,
    /// For which engine it is written.
    pub engine: Engine,
}

/// What is in a text of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlCheck {
    /// Its statements, in order; the first 1000.
    pub statements: Vec<SqlStatement>,
    /// How many there are.
    pub total: u64,
    /// What was found, from the top of the text down; 100 at most.
    pub findings: Vec<SqlFinding>,
    /// Whether a database package with it would be refused.
    pub is_refused: bool,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlStatement {
    /// Its first words, in capitals: `CREATE TABLE`.
    pub verb: String,
    /// Where it is, without the delimiter and the comments before it.
    pub span: TextSpan,
    /// The byte at which it begins.
    pub start: u64,
    /// The byte before which it ends.
    pub end: u64,
}

/// Something in a text of SQL.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlFinding {
    /// Stable: `SQL_ADMIN`, `SQL_UNTERMINATED`, or the name of a danger rule.
    pub rule: String,
    /// Whether it refuses the package.
    pub severity: Severity,
    /// Where it is.
    pub span: TextSpan,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

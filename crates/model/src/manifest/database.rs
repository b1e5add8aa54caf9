//! What a database package is for.

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_word, wrong};
use crate::version::VersionNumber;

/// A database package: SQL that leads from version to version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseSpec {
    /// For which databases it is written.
    pub engine: Engine,
    /// The version from which its increment leads, where its files do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The database user that runs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

/// A database engine, as far as its SQL is read differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Engine {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// SQLite.
    Sqlite,
}

impl DatabaseSpec {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        if let Some(Err(error)) = self.from.as_deref().map(str::parse::<VersionNumber>) {
            return Err(wrong("database.from", error.to_string()));
        }
        if self.user.as_deref().is_some_and(|user| !is_word(user)) {
            return Err(wrong("database.user", "must be the name of a user of the database"));
        }
        Ok(())
    }
}

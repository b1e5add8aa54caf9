//! Databases to which database packages are applied.

use serde::{Deserialize, Serialize};

use super::database::ChainStep;
use crate::database::{DatabaseAddress, DatabaseLogin, DatabaseTls, LedgerState, Migration, MigrationStep};
use crate::ids::{AttemptId, DatabaseTargetId};
use crate::manifest::Engine;
use crate::name::{DatabaseTargetName, HostName, PackageName, SecretName};
use crate::topology::ModulePath;
use crate::version::VersionNumber;

/// Makes a database target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewDatabaseTarget {
    /// Its name.
    pub name: DatabaseTargetName,
    /// What it is.
    #[serde(flatten)]
    pub spec: DatabaseTargetSpec,
}

/// Where a database is, whose it is, and who runs packages in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseTargetSpec {
    /// The module that it belongs to.
    pub module: ModulePath,
    /// The host that runs the scripts; it must reach the database.
    pub host: HostName,
    /// What it is.
    pub engine: Engine,
    /// Where its server listens; absent for SQLite.
    #[serde(default)]
    pub address: Option<DatabaseAddress>,
    /// Its name on the server; for SQLite the absolute path of its file.
    pub database: String,
    /// As whom scripts are run; absent for SQLite.
    #[serde(default)]
    pub user: Option<String>,
    /// The secret of the vault that is the user's password.
    #[serde(default)]
    pub secret: Option<SecretName>,
    /// How the way there is protected.
    #[serde(default)]
    pub tls: DatabaseTls,
    /// PEM of the authority that the server's certificate must come from; for `verify`.
    #[serde(default)]
    pub authority: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: String,
}

/// What a database target lacks, or has too much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct SpecError {
    field: &'static str,
    reason: &'static str,
}

/// The longest authority, in bytes.
const LONGEST_AUTHORITY: usize = 64 << 10;

impl DatabaseTargetSpec {
    /// Everything that is needed to get in, but the password.
    ///
    /// # Errors
    /// The first field that does not fit the engine.
    pub fn login(&self) -> Result<DatabaseLogin, SpecError> {
        let wrong = |field, reason| Err(SpecError { field, reason });
        let is_plain = |text: &str| !text.is_empty() && text.len() <= 1000 && !text.chars().any(char::is_control);
        if !is_plain(&self.database) {
            return wrong("database", "say its name, or the path of its file, in up to 1000 bytes");
        }
        if self.user.as_deref().is_some_and(|user| !is_plain(user)) {
            return wrong("user", "say the name of a user of the database");
        }
        match self.engine {
            Engine::Sqlite => {
                let is_path = self.database.starts_with('/') && !self.database.split('/').any(|part| part == "..");
                if !is_path {
                    return wrong("database", "of SQLite it is the absolute path of its file on the host");
                }
                if self.address.is_some() || self.user.is_some() || self.secret.is_some() {
                    return wrong("engine", "SQLite has no address, no user and no password: leave them out");
                }
            }
            Engine::Postgres | Engine::Mysql => {
                if self.address.is_none() {
                    return wrong("address", "say where the server listens: HOST, HOST:PORT or the path of a socket");
                }
                if self.user.is_none() {
                    return wrong("user", "say as whom scripts are run");
                }
            }
        }
        match (&self.authority, self.tls) {
            (None, DatabaseTls::Verify) => {
                return wrong(
                    "authority",
                    "to verify the server, give the PEM of the authority that it must come from",
                );
            }
            (Some(pem), _) if pem.len() > LONGEST_AUTHORITY || !pem.contains("-----BEGIN CERTIFICATE-----") => {
                return wrong("authority", "give certificates in PEM, of up to 64 KiB");
            }
            _ => {}
        }
        Ok(DatabaseLogin {
            engine: self.engine,
            address: self.address.clone(),
            database: self.database.clone(),
            user: self.user.clone(),
            tls: self.tls,
            authority: self.authority.clone(),
        })
    }
}

/// A database target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseTarget {
    /// Its identity.
    pub id: DatabaseTargetId,
    /// Its name.
    pub name: DatabaseTargetName,
    /// The module that it belongs to.
    pub module: ModulePath,
    /// The host that runs the scripts; absent if it was removed.
    pub host: Option<HostName>,
    /// How to get in.
    #[serde(flatten)]
    pub login: DatabaseLogin,
    /// The secret of the vault that is the user's password.
    pub secret: Option<SecretName>,
    /// What it is for.
    pub description: String,
    /// What its ledger said of each package when a host last looked.
    pub ledgers: Vec<ReportedLedger>,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: jiff::Timestamp,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

impl DatabaseTarget {
    /// What its ledger said of a package, if a host has ever looked.
    #[must_use]
    pub fn ledger(&self, package: &PackageName) -> Option<&LedgerState> {
        self.ledgers.iter().find(|reported| reported.package == *package).map(|reported| &reported.ledger)
    }
}

/// What the ledger in a database said of a package when a host last looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportedLedger {
    /// The package.
    pub package: PackageName,
    /// What it said.
    #[serde(flatten)]
    pub ledger: LedgerState,
    /// The attempt that looked.
    pub attempt: AttemptId,
    /// When.
    pub reported_at: jiff::Timestamp,
}

/// What a deployment would do to a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedMigration {
    /// The host that does it.
    pub host: HostName,
    /// The database target.
    pub target: DatabaseTargetName,
    /// Where it is: `shop on db.example:5432`.
    pub database: String,
    /// The version of the database before; absent for an empty one.
    pub from: Option<VersionNumber>,
    /// The version of the database after; absent for an empty one.
    pub to: Option<VersionNumber>,
    /// What is run, in order. Empty if the database is there already.
    pub steps: Vec<ChainStep>,
    /// Whether rollbacks lead back over all of it.
    pub has_way_back: bool,
}

impl PlannedMigration {
    /// A migration as people see it.
    #[must_use]
    pub fn of(host: &HostName, migration: &Migration) -> Self {
        let step = |step: &MigrationStep| ChainStep {
            kind: step.kind,
            from: step.from.clone(),
            to: step.to.clone(),
            version: step.version.clone(),
            files: step.scripts.iter().map(|script| script.path.clone()).collect(),
        };
        Self {
            host: host.clone(),
            target: migration.name.clone(),
            database: migration.login.to_string(),
            from: migration.from.clone(),
            to: migration.to.clone(),
            steps: migration.steps.iter().map(step).collect(),
            has_way_back: migration.way_back.is_some(),
        }
    }
}

//! A database, how to get into it, and what an order brings it to.
//!
//! The words of a database package itself, its structure and its chains, are in [`api::database`](crate::api::database).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::api::database::ChainStepKind;
use crate::digest::Digest;
use crate::ids::DatabaseTargetId;
use crate::manifest::Engine;
use crate::name::DatabaseTargetName;
use crate::version::VersionNumber;

/// The name under which an order keeps the password of its database among its secrets; with several databases, that of each is behind a dot
/// and its target's id. No variable can have such a name.
pub const PASSWORD: &str = "packhorse.database.password";

/// Where a database server listens: `db.example:5432`, `db.example`, `[::1]:5432`, or the absolute path of a Unix socket (for PostgreSQL, of its
/// folder).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct DatabaseAddress(String);

/// The text was no address of a database server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not the address of a database server: write HOST, HOST:PORT, [IPV6]:PORT, or the absolute path of a socket"
)]
pub struct AddressError(String);

/// The two kinds of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener<'a> {
    /// A Unix socket of the host that runs the database package.
    Socket(&'a str),
    /// A server in the network.
    Network {
        /// Its name or IP address.
        host: &'a str,
        /// Its port; that of the engine if not said.
        port: Option<u16>,
    },
}

impl DatabaseAddress {
    /// What it leads to.
    #[must_use]
    pub fn listener(&self) -> Listener<'_> {
        if self.0.starts_with('/') {
            return Listener::Socket(&self.0);
        }
        let (host, port) = split(&self.0);
        Listener::Network { host, port: port.and_then(|port| port.parse().ok()) }
    }

    /// It, as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A host and the text of its port.
fn split(text: &str) -> (&str, Option<&str>) {
    if let Some((host, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        return (host, rest.strip_prefix(':'));
    }
    match text.rsplit_once(':') {
        // More than one colon without brackets is an IPv6 address alone.
        Some((host, port)) if !host.contains(':') => (host, Some(port)),
        _ => (text, None),
    }
}

impl FromStr for DatabaseAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let is_plain = text.len() <= 255 && !text.chars().any(|c| c.is_control() || c.is_whitespace());
        let (host, port) = split(text);
        let is_host = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || "-._:%".contains(c));
        let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        if is_plain && (text.len() > 1 && text.starts_with('/') || is_host && is_port) {
            return Ok(Self(text.to_owned()));
        }
        Err(AddressError(text.to_owned()))
    }
}

impl TryFrom<String> for DatabaseAddress {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<DatabaseAddress> for String {
    fn from(address: DatabaseAddress) -> Self {
        address.0
    }
}

impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// How the way to a database server is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DatabaseTls {
    /// Not at all.
    Off,
    /// By TLS if the server has it.
    #[default]
    Prefer,
    /// By TLS, whoever the server is.
    Require,
    /// By TLS, and the server must show a certificate of the given authority for its name.
    Verify,
}

impl DatabaseTls {
    /// The word used in the API and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::Verify => "verify",
        }
    }
}

/// Everything that is needed to get into a database, but the password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseLogin {
    /// What it is.
    pub engine: Engine,
    /// Where its server listens; absent for SQLite.
    #[serde(default)]
    pub address: Option<DatabaseAddress>,
    /// Its name on the server; for SQLite the absolute path of its file.
    pub database: String,
    /// As whom; absent for SQLite.
    #[serde(default)]
    pub user: Option<String>,
    /// How the way there is protected.
    #[serde(default)]
    pub tls: DatabaseTls,
    /// PEM of the authority that a server's certificate must come from.
    #[serde(default)]
    pub authority: Option<String>,
}

impl fmt::Display for DatabaseLogin {
    /// `shop on db.example:5432`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.address {
            Some(address) => write!(f, "{} on {address}", self.database),
            None => f.write_str(&self.database),
        }
    }
}

/// What is done to one database, complete: which scripts lead where, and which lead back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Migration {
    /// Which database target.
    pub target: DatabaseTargetId,
    /// Its name.
    pub name: DatabaseTargetName,
    /// How to get into it. The password is the order's secret [`PASSWORD`].
    pub login: DatabaseLogin,
    /// The version of the database that the plan found; absent for an empty one.
    pub from: Option<VersionNumber>,
    /// The version of the database afterwards; absent for an empty one.
    pub to: Option<VersionNumber>,
    /// What is run, in order.
    pub steps: Vec<MigrationStep>,
    /// What is run to come back, in order; absent if there is no way back.
    pub way_back: Option<Vec<MigrationStep>>,
    /// Every step of the package that may have been run before, so that scripts that were edited since are seen.
    pub known: Vec<MigrationStep>,
}

impl Migration {
    /// The migration that undoes this one; none if there is no way back.
    #[must_use]
    pub fn reversed(&self) -> Option<Self> {
        let steps = self.way_back.clone()?;
        let known = self.known.iter().chain(&self.steps).filter(|step| step.kind != ChainStepKind::Rollback);
        Some(Self {
            from: self.to.clone(),
            to: self.from.clone(),
            steps,
            way_back: Some(self.steps.clone()),
            known: known.cloned().collect(),
            ..self.clone()
        })
    }
}

/// One step of a migration: the scripts that lead from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MigrationStep {
    /// What it does.
    pub kind: ChainStepKind,
    /// The version of the database before it; absent for an empty one.
    pub from: Option<VersionNumber>,
    /// The version of the database after it; absent for an empty one.
    pub to: Option<VersionNumber>,
    /// The version of the package that holds its scripts.
    pub version: VersionNumber,
    /// The scripts, in order.
    pub scripts: Vec<MigrationScript>,
}

impl MigrationStep {
    /// Whether two steps are the same way between the same versions, whatever their scripts say.
    #[must_use]
    pub fn is_same_way(&self, kind: ChainStepKind, from: Option<&VersionNumber>, to: Option<&VersionNumber>) -> bool {
        self.kind == kind && self.from.as_ref() == from && self.to.as_ref() == to
    }
}

/// A script of a migration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MigrationScript {
    /// Its path in the package.
    pub path: String,
    /// Its content; nothing else is ever run.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
}

/// What the ledger in a database says about one package.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerState {
    /// The version of the database; absent for an empty one.
    pub version: Option<VersionNumber>,
    /// A step that was begun and is not at its end.
    #[serde(default)]
    pub stopped: Option<LedgerStop>,
}

/// Where a step stopped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerStop {
    /// What the step does.
    pub kind: ChainStepKind,
    /// The version before it; absent for an empty database.
    pub from: Option<VersionNumber>,
    /// The version after it; absent for an empty database.
    pub to: Option<VersionNumber>,
    /// The script.
    pub script: String,
    /// The statement of the script, from 1.
    pub statement: u32,
    /// How many statements the script has.
    pub statements: u32,
    /// The line of the script at which the statement begins, from 1.
    pub line: u32,
    /// What became of the statement.
    pub state: StatementState,
    /// What the database said.
    #[serde(default)]
    pub message: Option<String>,
}

/// What became of a statement, as the ledger tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum StatementState {
    /// It was begun outside of a transaction, and nobody has written down how it ended.
    Started,
    /// It was run.
    Done,
    /// The database refused it; the statements before it stand.
    Failed,
    /// The database refused it, and has undone all of the script.
    Undone,
}

impl StatementState {
    /// The word used in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Undone => "undone",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listener(text: &str) -> String {
        match text.parse::<DatabaseAddress>() {
            Ok(address) => format!("{:?}", address.listener()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn addresses_are_hosts_or_sockets() {
        assert_eq!(listener("db.example"), r#"Network { host: "db.example", port: None }"#);
        assert_eq!(listener("db:3306"), r#"Network { host: "db", port: Some(3306) }"#);
        assert_eq!(listener("[::1]:5432"), r#"Network { host: "::1", port: Some(5432) }"#);
        assert_eq!(listener("fe80::1"), r#"Network { host: "fe80::1", port: None }"#);
        assert_eq!(listener("/run/mysqld/mysqld.sock"), r#"Socket("/run/mysqld/mysqld.sock")"#);
        for wrong in ["", "/", "db:0", "db:x", "db:70000", "a b", "db/x", ":5432", "postgres://db"] {
            assert!(wrong.parse::<DatabaseAddress>().is_err(), "{wrong}");
        }
    }
}

//! Configuration in three stages: fragments (file, command line), merged, validated. Nothing else reads files or flags.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use packhorse_store::StoreUrl;
use serde::Deserialize;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What one source says. Keys that we do not know are refused.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fragment {
    /// The data directory.
    pub data: Option<PathBuf>,
    /// Where people and the console connect: `127.0.0.1:7433`.
    pub listen: Option<String>,
    /// Where agents connect: `0.0.0.0:7434`.
    pub agent_listen: Option<String>,
    /// `sqlite:PATH` or `postgres://…`; a file in the data directory if not said.
    pub database: Option<String>,
    /// Further names and addresses by which agents reach this server; the first one is put into join commands.
    pub agent_names: Option<Vec<String>>,
    /// Seconds without a word after which an idle host is offline.
    pub host_offline_seconds: Option<u32>,
    /// Seconds without a word after which a host with work to do is unreachable.
    pub host_unreachable_seconds: Option<u32>,
    /// Days for which an agent's certificate that is over can still be renewed; 0 is never.
    pub renew_expired_days: Option<u32>,
    /// Seconds for which content must have been unneeded before it is removed.
    pub storage_grace_seconds: Option<u32>,
    /// Days for which what scripts wrote is kept after the end of their run; 0 is for ever.
    pub script_output_days: Option<u32>,
    /// Runs of one script package of which that is kept; 0 is all.
    pub script_output_runs: Option<u32>,
}

/// Why a configuration was refused.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}: {source}", .path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what it should be.
    #[error("{}: {message}", .path.display())]
    Parse {
        /// Which.
        path: PathBuf,
        /// What, and where in it.
        message: String,
    },
    /// A value is missing.
    #[error("{key} is not set: {hint}")]
    Missing {
        /// Which.
        key: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// A value is wrong.
    #[error("{key} cannot be {value:?}: {reason}")]
    Value {
        /// Which.
        key: &'static str,
        /// What was given.
        value: String,
        /// Why not.
        reason: String,
    },
}

impl Fragment {
    /// Reads a file in TOML.
    ///
    /// # Errors
    /// If it cannot be read, or holds something else than it may.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|error| ConfigError::Parse { path: path.to_owned(), message: error.to_string() })
    }

    /// What this one says, and below it what `other` says.
    #[must_use]
    pub fn over(self, other: Self) -> Self {
        Self {
            data: self.data.or(other.data),
            listen: self.listen.or(other.listen),
            agent_listen: self.agent_listen.or(other.agent_listen),
            database: self.database.or(other.database),
            agent_names: self.agent_names.or(other.agent_names),
            host_offline_seconds: self.host_offline_seconds.or(other.host_offline_seconds),
            host_unreachable_seconds: self.host_unreachable_seconds.or(other.host_unreachable_seconds),
            renew_expired_days: self.renew_expired_days.or(other.renew_expired_days),
            storage_grace_seconds: self.storage_grace_seconds.or(other.storage_grace_seconds),
            script_output_days: self.script_output_days.or(other.script_output_days),
            script_output_runs: self.script_output_runs.or(other.script_output_runs),
        }
    }
}

/// A valid configuration.
#[derive(Debug, Clone)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// Where people and the console connect.
    pub listen: SocketAddr,
    /// Where agents connect.
    pub agent_listen: SocketAddr,
    /// Where the rows are.
    pub database: StoreUrl,
    /// Further names and addresses by which agents reach this server.
    pub agent_names: Vec<String>,
    /// How long an idle host may be silent before it is offline.
    pub host_offline_after: Duration,
    /// How long a host with work to do may be silent before it is unreachable.
    pub host_unreachable_after: Duration,
    /// How long after its end an agent's certificate can still be renewed.
    pub renew_expired_within: Duration,
    /// How long content must have been unneeded before it is removed.
    pub storage_grace: Duration,
    /// How long what scripts wrote is kept after the end of their run; for ever if not said.
    pub script_outputs_for: Option<Duration>,
    /// Of how many runs of one script package it is kept; of all if not said.
    pub script_outputs_of: Option<u32>,
}

impl TryFrom<Fragment> for Config {
    type Error = ConfigError;

    fn try_from(given: Fragment) -> Result<Self, ConfigError> {
        let data =
            given.data.ok_or(ConfigError::Missing { key: "data", hint: "name a directory, as in --data DIR" })?;
        let database = match &given.database {
            None => StoreUrl::Sqlite(data.join("packhorse.db")),
            Some(url) => url.parse().map_err(|error: packhorse_store::StoreError| ConfigError::Value {
                key: "database",
                value: "…".to_owned(),
                reason: error.to_string(),
            })?,
        };
        Ok(Self {
            listen: address("listen", given.listen, "127.0.0.1:7433")?,
            agent_listen: address("agent_listen", given.agent_listen, "0.0.0.0:7434")?,
            agent_names: given.agent_names.unwrap_or_default().into_iter().map(name).collect::<Result<_, _>>()?,
            host_offline_after: seconds("host_offline_seconds", given.host_offline_seconds, 90)?,
            host_unreachable_after: seconds("host_unreachable_seconds", given.host_unreachable_seconds, 20)?,
            renew_expired_within: DAY.saturating_mul(given.renew_expired_days.unwrap_or(30)),
            storage_grace: seconds("storage_grace_seconds", given.storage_grace_seconds, 24 * 60 * 60)?,
            script_outputs_for: Some(given.script_output_days.unwrap_or(90))
                .filter(|days| *days > 0)
                .map(|days| DAY.saturating_mul(days)),
            script_outputs_of: Some(given.script_output_runs.unwrap_or(200)).filter(|runs| *runs > 0),
            data,
            database,
        })
    }
}

fn address(key: &'static str, given: Option<String>, default: &str) -> Result<SocketAddr, ConfigError> {
    let value = given.unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_| ConfigError::Value {
        key,
        value,
        reason: "write an address and a port, as in 127.0.0.1:7433 or [::]:7433".to_owned(),
    })
}

fn name(value: String) -> Result<String, ConfigError> {
    let fits = value.len() <= 253 && value.starts_with(|c: char| c.is_ascii_alphanumeric() || c == ':');
    if fits && value.chars().all(|c| c.is_ascii_alphanumeric() || "-.:".contains(c)) {
        return Ok(value);
    }
    let reason = "write host names or addresses, without port".to_owned();
    Err(ConfigError::Value { key: "agent_names", value, reason })
}

fn seconds(key: &'static str, given: Option<u32>, default: u32) -> Result<Duration, ConfigError> {
    match given.unwrap_or(default) {
        0 => Err(ConfigError::Value { key, value: "0".to_owned(), reason: "it must be at least 1 second".to_owned() }),
        value => Ok(Duration::from_secs(u64::from(value))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags() -> Fragment {
        Fragment { data: Some("/d".into()), listen: Some("[::1]:80".into()), ..Fragment::default() }
    }

    #[test]
    fn the_command_line_stands_above_the_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listen = '0.0.0.0:1'\nagent_names = ['ph.example', '10.0.0.1']").unwrap();
        let config = Config::try_from(flags().over(Fragment::read(file.path()).unwrap())).unwrap();
        assert_eq!(config.listen.to_string(), "[::1]:80");
        assert_eq!(config.agent_listen.to_string(), "0.0.0.0:7434");
        assert_eq!(config.database, StoreUrl::Sqlite("/d/packhorse.db".into()));
        assert_eq!(config.agent_names, ["ph.example", "10.0.0.1"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "listne = 'x'").unwrap();
        let error = Fragment::read(file.path()).unwrap_err().to_string();
        assert!(error.contains("unknown field `listne`") && error.contains("line 1"), "{error}");
        let refused = |fragment: Fragment| Config::try_from(fragment).unwrap_err().to_string();
        insta::assert_snapshot!(refused(Fragment::default()), @"data is not set: name a directory, as in --data DIR");
        insta::assert_snapshot!(refused(Fragment { listen: Some("7433".into()), ..flags() }), @r#"listen cannot be "7433": write an address and a port, as in 127.0.0.1:7433 or [::]:7433"#);
        insta::assert_snapshot!(refused(Fragment { agent_names: Some(vec!["a b".into()]), ..flags() }), @r#"agent_names cannot be "a b": write host names or addresses, without port"#);
        insta::assert_snapshot!(refused(Fragment { host_offline_seconds: Some(0), ..flags() }), @r#"host_offline_seconds cannot be "0": it must be at least 1 second"#);
        insta::assert_snapshot!(refused(Fragment { database: Some("mysql://u:secret@h/d".into()), ..flags() }), @r#"database cannot be "…": "mysql://u@h/d" is no database address: use sqlite:DIR/packhorse.db or postgres://USER@HOST/DATABASE"#);
    }
}

//! What the benchmarks share: which database they measure, and the server that they start.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use crate::postgres;
use crate::world::free_port;

/// Which database the server keeps its rows in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The embedded one.
    Sqlite,
    /// The one of the tests, which does not wait for its disk.
    Postgres,
}

impl Kind {
    /// The address of an empty database; none for the embedded one.
    #[must_use]
    pub fn url(self) -> Option<String> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(postgres::schema().url),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            _ => Err(format!("{text:?} is no database; write sqlite or postgres")),
        }
    }
}

/// How to start a server.
#[derive(Debug)]
pub struct Serve {
    /// Not started yet.
    pub command: Command,
    /// Where people connect, on 127.0.0.1.
    pub port: u16,
    /// Where agents connect, on 127.0.0.1.
    pub agent_port: u16,
}

impl Serve {
    /// The server beside this program, unless `PACKHORSE_BIN_DIR` names another folder, on this data and at free ports.
    ///
    /// # Errors
    /// When it is not known where this program is.
    pub fn new(data: &Path, database: Option<&str>) -> std::io::Result<Self> {
        let folder = match std::env::var_os("PACKHORSE_BIN_DIR") {
            Some(folder) => PathBuf::from(folder),
            None => std::env::current_exe()?.parent().map(Path::to_owned).unwrap_or_default(),
        };
        let (port, agent_port) = (free_port(), free_port());
        let mut command = Command::new(folder.join("packhorse"));
        command.arg("serve").arg("--data").arg(data);
        command.arg("--listen").arg(format!("127.0.0.1:{port}"));
        command.arg("--agent-listen").arg(format!("127.0.0.1:{agent_port}"));
        if let Some(url) = database {
            command.arg("--database").arg(url);
        }
        Ok(Self { command, port, agent_port })
    }
}

//! The test of a database target: what the host that runs its scripts finds when it looks into the database.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::database::{DatabaseLogin, LedgerState};
use crate::ids::DatabaseTestId;
use crate::name::{DatabaseTargetName, HostName, PackageName};

/// Seconds within which a host has to answer.
pub const ANSWER_SECONDS: i64 = 60;
/// Packages of a ledger that are told at most.
pub const MOST_LEDGERS: usize = 50;

/// A test of a database target. A target has one, the latest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseTest {
    /// Its identity.
    pub id: DatabaseTestId,
    /// The database target.
    pub target: DatabaseTargetName,
    /// The host that was asked.
    pub host: HostName,
    /// How far it is.
    pub state: DatabaseTestState,
    /// Who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: jiff::Timestamp,
    /// When the host answered.
    #[serde(default)]
    pub answered_at: Option<jiff::Timestamp>,
    /// What it found.
    #[serde(default)]
    pub found: Option<DatabaseFound>,
    /// When the host was last heard of, if it has not answered.
    #[serde(default)]
    pub last_seen_at: Option<jiff::Timestamp>,
}

/// How far a test of a database target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DatabaseTestState {
    /// The host has not answered yet.
    Waiting,
    /// It has answered.
    Answered,
    /// It did not answer within a minute, and will not any more.
    Unanswered,
}

/// What a host is to look into, for the host itself. The password is for its memory alone.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseTestOrder {
    /// How to get in.
    pub login: DatabaseLogin,
    /// The password of the login's user.
    #[serde(default)]
    pub password: Option<String>,
}

impl fmt::Debug for DatabaseTestOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseTestOrder").field("login", &self.login).finish_non_exhaustive()
    }
}

/// What a host found when it looked into a database. Packages can be applied if there is no obstacle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseFound {
    /// The name and version of the database's software; absent if it was not reached.
    #[serde(default)]
    pub server: Option<String>,
    /// What the ledger says, by package and up to 50 of them; absent if there is no ledger, or it could not be read.
    #[serde(default)]
    pub ledgers: Option<Vec<FoundLedger>>,
    /// Why no package can be applied.
    #[serde(default)]
    pub obstacle: Option<DatabaseObstacle>,
}

/// What the ledger in a database says of a package.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FoundLedger {
    /// The package.
    pub package: PackageName,
    /// What it says.
    #[serde(flatten)]
    pub ledger: LedgerState,
}

/// Why no package can be applied to a database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatabaseObstacle {
    /// What is in the way.
    pub kind: ObstacleKind,
    /// What exactly, in the words of the database or of the host.
    pub message: String,
}

/// What can be in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ObstacleKind {
    /// The name of the server has no address.
    NameUnknown,
    /// Nobody listens at the address.
    ConnectionRefused,
    /// The way there fails, or leads to something else than the database.
    Unreachable,
    /// Nothing was heard in time.
    TimedOut,
    /// The way there cannot be protected as the target says.
    Tls,
    /// The user or the password is wrong.
    LoginRefused,
    /// The database is not there; of SQLite, the folder of its file is not.
    DatabaseMissing,
    /// The user may not enter it, or not read the ledger.
    AccessDenied,
    /// The user may not make the ledger, or not write to it.
    LedgerForbidden,
    /// The ledger cannot be read: somebody has edited it.
    LedgerUnreadable,
    /// Something else.
    Other,
}

impl ObstacleKind {
    /// What is in the way, in words of people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::NameUnknown => "the name of the server has no address",
            Self::ConnectionRefused => "nobody listens at the address",
            Self::Unreachable => "the server cannot be reached",
            Self::TimedOut => "nothing was heard from the server in time",
            Self::Tls => "the way to the server cannot be protected by TLS",
            Self::LoginRefused => "the user or the password is wrong",
            Self::DatabaseMissing => "the database is not there",
            Self::AccessDenied => "the user may not read in the database",
            Self::LedgerForbidden => "the user may not write the ledger",
            Self::LedgerUnreadable => "the ledger cannot be read",
            Self::Other => "the database cannot be used",
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::NameUnknown => "is the address of the database target right, and does the host know the name?",
            Self::ConnectionRefused => "does the server run, and does it listen at this address and port?",
            Self::Unreachable | Self::TimedOut => "is there a way from the host to the server, and no firewall in it?",
            Self::Tls => {
                "does the server have TLS, and is its certificate of the authority and for the name of the target?"
            }
            Self::LoginRefused => "is the user of the target right, and does its secret say the password?",
            Self::DatabaseMissing => "create the database, or give the target the name of one that is there",
            Self::AccessDenied => {
                "grant the user of the target access to the database, its schema and the table packhorse_ledger"
            }
            Self::LedgerForbidden => {
                "grant the user of the target the right to create tables in the database, and to write to packhorse_ledger"
            }
            Self::LedgerUnreadable => "put the table packhorse_ledger back to what it was before it was edited",
            Self::Other => "what the database says tells more",
        }
    }
}

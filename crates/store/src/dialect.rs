//! Everything in which the two databases differ: how they are opened, how a transaction begins, how errors are told apart, and
//! how a statement looks that has no common form.

use std::path::Path;
use std::time::Duration;

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::conn::Conn;
use crate::error::StoreError;

/// Readers of an embedded database. Each costs a thread and a page cache.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long a request waits for a connection before it is told that the database is busy.
const WAIT: Duration = Duration::from_secs(20);

/// How long a transaction on PostgreSQL may stand still before it is ended, and what PostgreSQL calls that.
const LONGEST_STANDSTILL: &str = "60s";
const IDLE_IN_TRANSACTION: &str = "idle_in_transaction_session_timeout";

/// The open database.
pub(crate) enum Database {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

impl Database {
    /// Opens or makes the file. SQLite has one writer; sharing one connection for it makes writers wait in line here
    /// instead of failing there.
    pub(crate) async fn sqlite(path: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(SQLITE_READERS)
            .acquire_timeout(WAIT)
            .max_lifetime(None)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        Ok(Self::Sqlite { readers, writer })
    }

    pub(crate) async fn postgres(url: &str) -> Result<Self, StoreError> {
        // Compiling a query takes longer than any of ours may run; PostgreSQL does so where it estimates many rows.
        let mut options = url.parse::<PgConnectOptions>()?.options([("jit", "off")]);
        // A server that stands still, or is cut off, must not hold rows for longer than others wait for it. Whoever says otherwise in the
        // address has a reason.
        if !url.contains(IDLE_IN_TRANSACTION) {
            options = options.options([(IDLE_IN_TRANSACTION, LONGEST_STANDSTILL)]);
        }
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(WAIT)
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    pub(crate) async fn begin_read(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, .. } => Conn::sqlite(readers.begin_with("BEGIN").await?),
            Self::Postgres(pool) => {
                Conn::postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        })
    }

    pub(crate) async fn begin_write(&self) -> Result<Conn, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Conn::sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres(pool) => Conn::postgres(pool.begin_with("BEGIN ISOLATION LEVEL READ COMMITTED").await?),
        })
    }

    /// Keeps two servers from migrating at once. SQLite's write transaction does that by itself.
    pub(crate) async fn lock_migrations(&self, conn: &mut Conn) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { .. } => Ok(()),
            Self::Postgres(_) => conn.query("SELECT pg_advisory_xact_lock(7433)", vec![]).await.map(drop),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { readers, writer } => {
                readers.close().await;
                // The last connection folds the write-ahead log back into the file.
                writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

/// What transactions keep others from doing until they end, beside what they write. SQLite has one writer, so nobody can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standstill {
    /// Others may not change the guard rails.
    GuardRails,
    /// Others may neither change the guard rails, nor decide by them.
    Decisions,
    /// Others may not let a deployment begin.
    Beginnings,
    /// Others may not claim places on hosts.
    Places,
    /// Others may not decide by what this one is about to take.
    Slots,
    /// Others may neither take slots, nor decide by what is taken.
    Budgets,
}

/// Waits until others have done what they must not do from now on.
pub(crate) async fn stand_still(conn: &mut Conn, what: Standstill) -> Result<(), StoreError> {
    let sql = match what {
        Standstill::GuardRails => "SELECT pg_advisory_xact_lock_shared(7434)",
        Standstill::Decisions => "SELECT pg_advisory_xact_lock(7434)",
        Standstill::Beginnings => "SELECT pg_advisory_xact_lock(7435)",
        Standstill::Places => "SELECT pg_advisory_xact_lock(7437)",
        Standstill::Slots => "SELECT pg_advisory_xact_lock_shared(7436)",
        Standstill::Budgets => "SELECT pg_advisory_xact_lock(7436)",
    };
    conn.query_on_postgres(sql).await
}

/// SQLite's primary result codes, and PostgreSQL's SQLSTATE.
fn classify_code(error: &dyn DatabaseError) -> Option<StoreError> {
    let code = error.code()?;
    if let Ok(number) = code.parse::<u32>().map(|number| number & 0xff)
        && error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
    {
        return match number {
            5 | 6 => Some(StoreError::Busy),
            13 => Some(StoreError::Full),
            _ => None,
        };
    }
    match code.as_ref() {
        "40001" | "40P01" => Some(StoreError::Conflict),
        "53100" => Some(StoreError::Full),
        "53200" | "53300" | "55P03" | "57014" => Some(StoreError::Busy),
        _ => None,
    }
}

/// What an error means to the caller.
pub(crate) fn classify(error: sqlx::Error) -> StoreError {
    match &error {
        sqlx::Error::PoolTimedOut => StoreError::Busy,
        sqlx::Error::Database(database) => match (classify_code(database.as_ref()), database.kind()) {
            (Some(known), _) => known,
            (None, ErrorKind::UniqueViolation) => StoreError::Unique,
            (None, ErrorKind::ForeignKeyViolation) => StoreError::Reference,
            (None, _) => StoreError::Database(error),
        },
        _ => StoreError::Database(error),
    }
}

/// The same during a commit, where a lost connection leaves open what happened.
pub(crate) fn classify_commit(error: sqlx::Error) -> StoreError {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => {
            StoreError::CommitUnknown(error)
        }
        other => classify(other),
    }
}

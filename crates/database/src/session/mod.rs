//! A connection to a database of any engine: statements as they are, transactions, and the lock under which packages are applied.

mod open;
mod visit;

use std::time::Duration;

use packhorse_model::manifest::Engine;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::query::Query;
use sqlx::{
    AssertSqlSafe, Connection as _, Database, Encode, MySql, MySqlConnection, PgConnection, Postgres, Row as _, Sqlite,
    SqliteConnection, Type,
};
use tokio::time::Instant;

pub(crate) use visit::obstacle;

/// The key of the lock in a database of PostgreSQL: `packhors` as a number.
const POSTGRES_LOCK: i64 = 0x7061_636b_686f_7273;
/// How long another one may have the lock; one whose connection was lost may have to come to the end of its statement first.
const LOCK_PATIENCE: Duration = Duration::from_secs(30);
const LOCK_PAUSE: Duration = Duration::from_millis(200);

/// The database did not do what it was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SqlError {
    /// It says no, and nothing of the statement has taken effect.
    #[error("{0}")]
    Refused(String),
    /// The connection is lost, and nobody knows.
    #[error("the connection was lost: {0}")]
    Lost(String),
}

impl From<sqlx::Error> for SqlError {
    fn from(error: sqlx::Error) -> Self {
        let sqlx::Error::Database(said) = &error else { return Self::Lost(error.to_string()) };
        let code = said.code().unwrap_or_default();
        // PostgreSQL and MySQL tell who is cut off because the server ends, or somebody ended the session.
        let number = said.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
        let is_cut_off = matches!(code.as_ref(), "57P01" | "57P02" | "57P03") || matches!(number, Some(1053 | 1927));
        let text = if code.is_empty() { said.message().to_owned() } else { format!("{} ({code})", said.message()) };
        if is_cut_off { Self::Lost(text) } else { Self::Refused(text) }
    }
}

/// A value in a statement of ours.
#[derive(Debug, Clone)]
pub(crate) enum Arg {
    Text(Option<String>),
    Number(i64),
}

impl Arg {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(Some(text.into()))
    }
}

/// A connection.
pub(crate) struct Session {
    link: Link,
}

enum Link {
    Postgres(PgConnection),
    Mysql(MySqlConnection),
    Sqlite(SqliteConnection),
}

/// Does the same on each engine; `Db` is its type in sqlx.
macro_rules! on {
    ($session:expr, $conn:ident => $done:expr) => {
        match &mut $session.link {
            Link::Postgres($conn) => {
                type Db = Postgres;
                $done
            }
            Link::Mysql($conn) => {
                type Db = MySql;
                $done
            }
            Link::Sqlite($conn) => {
                type Db = Sqlite;
                $done
            }
        }
    };
}

fn bind<'q, DB>(sql: String, args: Vec<Arg>) -> Query<'q, DB, <DB as Database>::Arguments>
where
    DB: Database,
    Option<String>: Encode<'q, DB> + Type<DB>,
    i64: Encode<'q, DB> + Type<DB>,
{
    args.into_iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, arg| match arg {
        Arg::Text(value) => query.bind(value),
        Arg::Number(value) => query.bind(value),
    })
}

impl Session {
    pub(crate) fn engine(&self) -> Engine {
        match self.link {
            Link::Postgres(_) => Engine::Postgres,
            Link::Mysql(_) => Engine::Mysql,
            Link::Sqlite(_) => Engine::Sqlite,
        }
    }

    /// Runs a statement of a package, as it is written.
    pub(crate) async fn run(&mut self, text: &str) -> Result<(), SqlError> {
        let raw = || sqlx::raw_sql(AssertSqlSafe(text.to_owned()));
        match &mut self.link {
            Link::Postgres(conn) => raw().execute(conn).await.map(drop)?,
            Link::Mysql(conn) => raw().execute(conn).await.map(drop)?,
            Link::Sqlite(conn) => raw().execute(conn).await.map(drop)?,
        }
        Ok(())
    }

    /// Runs a statement of ours, with `$1` and so on for its values, each once and in order.
    pub(crate) async fn write(&mut self, sql: &str, args: Vec<Arg>) -> Result<(), SqlError> {
        let sql = self.placed(sql);
        on!(self, conn => bind::<Db>(sql, args).execute(conn).await.map(drop))?;
        Ok(())
    }

    /// The rows of a query of ours, whose columns are all texts.
    pub(crate) async fn read(&mut self, sql: &str, args: Vec<Arg>) -> Result<Vec<Vec<Option<String>>>, SqlError> {
        let sql = self.placed(sql);
        Ok(on!(self, conn => {
            let rows = bind::<Db>(sql, args).fetch_all(conn).await?;
            let texts = rows.iter().map(|row| (0..row.len()).map(|column| row.try_get(column)).collect());
            texts.collect::<Result<_, sqlx::Error>>()?
        }))
    }

    /// The text of the first column of the first row.
    pub(crate) async fn read_one(&mut self, sql: &str) -> Result<Option<String>, SqlError> {
        let rows = self.read(sql, Vec::new()).await?;
        Ok(rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()))
    }

    pub(crate) async fn begin(&mut self) -> Result<(), SqlError> {
        // Nobody else writes then, not even another one who applies a package.
        let sql = if self.engine() == Engine::Sqlite { "BEGIN EXCLUSIVE" } else { "START TRANSACTION" };
        self.run(sql).await
    }

    pub(crate) async fn commit(&mut self) -> Result<(), SqlError> {
        self.run("COMMIT").await
    }

    pub(crate) async fn roll_back(&mut self) -> Result<(), SqlError> {
        self.run("ROLLBACK").await
    }

    /// Takes the lock of the database, for as long as the session lives. SQLite has none beside its transactions.
    pub(crate) async fn lock(&mut self) -> Result<(), SqlError> {
        let busy = || {
            SqlError::Refused(
                "another one has been applying a package to this database for 30 seconds: wait for its end, and retry"
                    .to_owned(),
            )
        };
        match self.engine() {
            Engine::Sqlite => Ok(()),
            Engine::Mysql => {
                let patience = LOCK_PATIENCE.as_secs();
                let sql = format!("SELECT CAST(GET_LOCK(CONCAT('packhorse:', MD5(DATABASE())), {patience}) AS CHAR)");
                let got = self.read_one(&sql).await?;
                if got.as_deref() == Some("1") { Ok(()) } else { Err(busy()) }
            }
            Engine::Postgres => {
                let sql = format!("SELECT CAST(pg_try_advisory_lock({POSTGRES_LOCK}) AS TEXT)");
                let deadline = Instant::now() + LOCK_PATIENCE;
                while self.read_one(&sql).await?.as_deref() != Some("true") {
                    if Instant::now() > deadline {
                        return Err(busy());
                    }
                    tokio::time::sleep(LOCK_PAUSE).await;
                }
                Ok(())
            }
        }
    }

    /// Ends what a script has set in the session, where the engine can.
    pub(crate) async fn reset(&mut self) -> Result<(), SqlError> {
        if self.engine() == Engine::Postgres { self.run("RESET ALL").await } else { Ok(()) }
    }

    /// Ends it in good order.
    pub(crate) async fn close(self) {
        // What was to be written is written; an end that is not heard of changes nothing.
        let _ = match self.link {
            Link::Postgres(conn) => conn.close().await,
            Link::Mysql(conn) => conn.close().await,
            Link::Sqlite(conn) => conn.close().await,
        };
    }

    /// A statement of ours in the way in which the engine writes the places of values.
    fn placed(&self, sql: &str) -> String {
        if self.engine() != Engine::Mysql {
            return sql.to_owned();
        }
        let mut parts = sql.split('$');
        let mut placed = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            placed.push('?');
            placed.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
        }
        placed
    }
}

//! Where the ledger lies in a database, which packages are in it, and whether the user could write to it.

use packhorse_model::PackageName;
use packhorse_model::manifest::Engine;

use crate::session::{Session, SqlError};

/// The name of the ledger's table.
pub(crate) const NAME: &str = "packhorse_ledger";

/// The place of a ledger.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its name as statements write it: with its schema where a script may change which one is meant.
    pub(crate) name: String,
    /// The type to which everything is cast that is read.
    pub(crate) text: &'static str,
}

/// What a user would do in a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Make it.
    Make,
    /// Read what is in it.
    Read,
    /// Write into it.
    Write,
}

impl Place {
    /// Finds it. There need not be a table yet.
    pub(crate) async fn find(session: &mut Session) -> Result<Self, SqlError> {
        let (name, text) = match session.engine() {
            Engine::Postgres => {
                let schema = session.read_one("SELECT CAST(quote_ident(current_schema()) AS TEXT)").await?;
                let missing = || SqlError::Refused("no schema of the search path exists: create one first".to_owned());
                (format!("{}.{NAME}", schema.ok_or_else(missing)?), "TEXT")
            }
            Engine::Mysql => (NAME.to_owned(), "CHAR"),
            Engine::Sqlite => (NAME.to_owned(), "TEXT"),
        };
        Ok(Self { name, text })
    }

    /// Whether the table is there.
    pub(crate) async fn exists(&self, session: &mut Session) -> Result<bool, SqlError> {
        let sql = match session.engine() {
            Engine::Postgres => format!("SELECT CAST(to_regclass({}) AS TEXT)", quoted(&self.name)),
            Engine::Mysql => format!(
                "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '{NAME}'"
            ),
            Engine::Sqlite => format!("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '{NAME}'"),
        };
        Ok(session.read_one(&sql).await?.is_some())
    }

    /// The first packages that have rows in it, by name.
    pub(crate) async fn packages(&self, session: &mut Session, limit: usize) -> Result<Vec<PackageName>, SqlError> {
        let sql = format!("SELECT DISTINCT package FROM {} ORDER BY package LIMIT {limit}", self.name);
        let rows = session.read(&sql, Vec::new()).await?;
        let names = rows.into_iter().filter_map(|row| row.into_iter().next().flatten());
        names
            .map(|name| {
                name.parse().map_err(|error| SqlError::Refused(format!("a row of {NAME} cannot be read: {error}")))
            })
            .collect()
    }

    /// Why the user could not use it so; none if it could. Nothing is changed: PostgreSQL tells what a user may do, and MySQL looks at
    /// that when it prepares a statement, which is never executed.
    pub(crate) async fn forbidden(&self, session: &mut Session, what: Use) -> Result<Option<String>, SqlError> {
        match session.engine() {
            Engine::Sqlite => Ok(None),
            Engine::Postgres => session.read_one(&self.right_in_postgres(what)).await,
            Engine::Mysql => {
                let statement = match what {
                    Use::Make => format!("CREATE TABLE {NAME} (id BIGINT)"),
                    Use::Read => format!("SELECT id FROM {NAME}"),
                    Use::Write => format!("INSERT INTO {NAME} (id) VALUES (0) ON DUPLICATE KEY UPDATE id = id"),
                };
                match session.run(&format!("PREPARE packhorse_test FROM '{statement}'")).await {
                    Ok(()) => session.run("DEALLOCATE PREPARE packhorse_test").await.map(|()| None),
                    Err(SqlError::Refused(message)) => Ok(Some(message)),
                    Err(lost) => Err(lost),
                }
            }
        }
    }

    fn right_in_postgres(&self, what: Use) -> String {
        let table = quoted(&self.name);
        let may = match what {
            Use::Make => "has_schema_privilege(current_schema(), 'CREATE')".to_owned(),
            Use::Read => format!("has_table_privilege({table}, 'SELECT')"),
            Use::Write => format!("has_table_privilege({table}, 'INSERT') AND has_table_privilege({table}, 'UPDATE')"),
        };
        let (is_writing, object) = match what {
            Use::Make => (true, "'create tables in the schema ' || quote_ident(current_schema())"),
            Use::Read => (false, "'read the table packhorse_ledger'"),
            Use::Write => (true, "'write to the table packhorse_ledger'"),
        };
        format!(
            "SELECT CAST(CASE WHEN {is_writing} AND current_setting('transaction_read_only') = 'on' THEN 'the server takes no writes: it is a standby, or read-only' \
             WHEN NOT ({may}) THEN 'the user ' || quote_ident(current_user) || ' may not ' || {object} END AS TEXT)"
        )
    }
}

/// A text as a literal of SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

//! The ledger as a table, `packhorse_ledger`, in the database that it is about.

use packhorse_model::api::database::ChainStepKind;
use packhorse_model::database::StatementState;
use packhorse_model::manifest::Engine;
use packhorse_model::{Digest, PackageName};

use crate::ledger::{Entry, Ledger};
use crate::place::{NAME, Place};
use crate::session::{Arg, Session, SqlError};

/// How many tables of others are named at most.
const NAMED: usize = 5;
/// Characters of what a database said that are kept.
const LONGEST_MESSAGE: usize = 2000;

/// The ledger of one package in one database.
pub(crate) struct Table {
    place: Place,
    package: PackageName,
}

/// Beside the entry: when, by whom and for what.
#[derive(Debug, Clone)]
pub(crate) struct Circumstances {
    pub(crate) version: String,
    pub(crate) digest: Digest,
    pub(crate) began_at: String,
    /// Absent while it runs.
    pub(crate) ended_at: Option<String>,
    pub(crate) user: String,
    pub(crate) deployment: String,
    pub(crate) attempt: String,
}

impl Table {
    /// What the ledger at a place tells of a package.
    pub(crate) fn new(place: Place, package: &PackageName) -> Self {
        Self { place, package: package.clone() }
    }

    /// Finds it. It need not be there yet.
    pub(crate) async fn find(session: &mut Session, package: &PackageName) -> Result<Self, SqlError> {
        Ok(Self::new(Place::find(session).await?, package))
    }

    /// Makes it if it is not there. Call it under the lock.
    pub(crate) async fn make(&self, session: &mut Session) -> Result<(), SqlError> {
        let engine = if session.engine() == Engine::Mysql { " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4" } else { "" };
        session
            .run(&format!(
                "CREATE TABLE IF NOT EXISTS {} (
                    id BIGINT NOT NULL PRIMARY KEY,
                    package VARCHAR(100) NOT NULL,
                    step VARCHAR(20) NOT NULL,
                    from_version VARCHAR(100),
                    to_version VARCHAR(100),
                    version VARCHAR(100) NOT NULL,
                    script TEXT NOT NULL,
                    script_number BIGINT NOT NULL,
                    scripts BIGINT NOT NULL,
                    checksum VARCHAR(64) NOT NULL,
                    statement BIGINT NOT NULL,
                    statements BIGINT NOT NULL,
                    line BIGINT NOT NULL,
                    statement_digest VARCHAR(64) NOT NULL,
                    state VARCHAR(10) NOT NULL,
                    message TEXT,
                    began_at VARCHAR(40) NOT NULL,
                    ended_at VARCHAR(40),
                    db_user VARCHAR(200) NOT NULL,
                    deployment VARCHAR(26) NOT NULL,
                    attempt VARCHAR(26) NOT NULL
                ){engine}",
                self.place.name
            ))
            .await
    }

    /// Whether it is there.
    pub(crate) async fn exists(&self, session: &mut Session) -> Result<bool, SqlError> {
        self.place.exists(session).await
    }

    /// What it tells: the end of each script, and the last row of all.
    pub(crate) async fn read(&self, session: &mut Session) -> Result<Ledger, SqlError> {
        // Rows are in the order of the number that `l.id` is, and not of the text that is selected as `id`.
        let columns = format!(
            "CAST(id AS {t}), step, from_version, to_version, script, CAST(script_number AS {t}), CAST(scripts AS {t}), checksum, \
             CAST(statement AS {t}), CAST(statements AS {t}), CAST(line AS {t}), state, message",
            t = self.place.text
        );
        let package = || vec![Arg::text(self.package.as_str())];
        let ends = format!(
            "SELECT {columns} FROM {} l WHERE package = $1 AND state = 'done' AND statement = statements ORDER BY l.id",
            self.place.name
        );
        let last = format!("SELECT {columns} FROM {} l WHERE package = $1 ORDER BY l.id DESC LIMIT 1", self.place.name);
        let mut rows = session.read(&ends, package()).await?;
        rows.extend(session.read(&last, package()).await?);
        let mut entries = rows.iter().map(|row| entry(row)).collect::<Result<Vec<Entry>, SqlError>>()?;
        entries.dedup_by_key(|entry| entry.id);
        Ok(Ledger::read(&entries))
    }

    /// The id of the last row of any package; 0 if there is none.
    pub(crate) async fn last_id(&self, session: &mut Session) -> Result<i64, SqlError> {
        let sql = format!("SELECT CAST(MAX(id) AS {}) FROM {}", self.place.text, self.place.name);
        Ok(session.read_one(&sql).await?.and_then(|id| id.parse().ok()).unwrap_or(0))
    }

    /// Whether a row of this attempt is there.
    pub(crate) async fn holds(&self, session: &mut Session, id: i64, attempt: &str) -> Result<bool, SqlError> {
        let sql = format!("SELECT attempt FROM {} WHERE id = {id}", self.place.name);
        Ok(session.read_one(&sql).await?.as_deref() == Some(attempt))
    }

    pub(crate) async fn insert(
        &self,
        session: &mut Session,
        entry: &Entry,
        around: Circumstances,
    ) -> Result<(), SqlError> {
        let version =
            |version: &Option<packhorse_model::VersionNumber>| Arg::Text(version.as_ref().map(ToString::to_string));
        let sql = format!(
            "INSERT INTO {} (id, package, step, from_version, to_version, version, script, script_number, scripts, checksum, statement, \
             statements, line, statement_digest, state, message, began_at, ended_at, db_user, deployment, attempt) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
            self.place.name
        );
        let args = vec![
            Arg::Number(entry.id),
            Arg::text(self.package.as_str()),
            Arg::text(kind_word(entry.kind)),
            version(&entry.from),
            version(&entry.to),
            Arg::text(around.version),
            Arg::text(&entry.script),
            Arg::Number(entry.number.into()),
            Arg::Number(entry.scripts.into()),
            Arg::text(entry.checksum.to_string()),
            Arg::Number(entry.statement.into()),
            Arg::Number(entry.statements.into()),
            Arg::Number(entry.line.into()),
            Arg::text(around.digest.to_string()),
            Arg::text(entry.state.as_str()),
            Arg::Text(entry.message.as_deref().map(shortened)),
            Arg::text(around.began_at),
            Arg::Text(around.ended_at),
            Arg::text(around.user),
            Arg::text(around.deployment),
            Arg::text(around.attempt),
        ];
        session.write(&sql, args).await
    }

    /// Writes down how a statement ended that was begun.
    pub(crate) async fn settle(
        &self,
        session: &mut Session,
        id: i64,
        state: StatementState,
        message: Option<&str>,
        ended_at: String,
    ) -> Result<(), SqlError> {
        let sql = format!("UPDATE {} SET state = $1, message = $2, ended_at = $3 WHERE id = $4", self.place.name);
        let message = Arg::Text(message.map(shortened));
        session.write(&sql, vec![Arg::text(state.as_str()), message, Arg::text(ended_at), Arg::Number(id)]).await
    }

    /// The first tables and views of the database that are not ours; for people, and empty if there are none.
    pub(crate) async fn others(&self, session: &mut Session) -> Result<Vec<String>, SqlError> {
        let limit = NAMED + 1;
        let sql = match session.engine() {
            // What an extension brought along is nobody's data.
            Engine::Postgres => format!(
                "SELECT CAST(c.relname AS TEXT) FROM pg_class c WHERE c.relnamespace = to_regnamespace(quote_ident(current_schema())) \
                 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND c.relname <> '{NAME}' AND NOT EXISTS \
                 (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') \
                 ORDER BY c.relname LIMIT {limit}"
            ),
            Engine::Mysql => format!(
                "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name <> '{NAME}' \
                 ORDER BY table_name LIMIT {limit}"
            ),
            Engine::Sqlite => format!(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '{NAME}' \
                 ORDER BY name LIMIT {limit}"
            ),
        };
        let mut names: Vec<String> = session
            .read(&sql, Vec::new())
            .await?
            .into_iter()
            .filter_map(|row| row.into_iter().next().flatten())
            .collect();
        if names.len() > NAMED {
            names.truncate(NAMED);
            names.push("and more".to_owned());
        }
        Ok(names)
    }
}

fn shortened(message: &str) -> String {
    message.chars().take(LONGEST_MESSAGE).collect()
}

pub(crate) fn kind_word(kind: ChainStepKind) -> &'static str {
    match kind {
        ChainStepKind::FullLoad => "full_load",
        ChainStepKind::Increment => "increment",
        ChainStepKind::Rollback => "rollback",
    }
}

/// Reads a row. People may have written it.
fn entry(row: &[Option<String>]) -> Result<Entry, SqlError> {
    let id = row.first().cloned().flatten().unwrap_or_default();
    read_entry(row).ok_or_else(|| {
        SqlError::Refused(format!("row {id} of {NAME} cannot be read: put it back to what it was before it was edited"))
    })
}

fn read_entry(row: &[Option<String>]) -> Option<Entry> {
    let [id, kind, from, to, script, number, scripts, checksum, statement, statements, line, state, message] = row
    else {
        return None;
    };
    let number_of = |text: &Option<String>| text.as_deref()?.parse::<u32>().ok();
    let version =
        |text: &Option<String>| text.as_deref().map(|text| text.parse().ok()).map_or(Some(None), |v| v.map(Some));
    Some(Entry {
        id: id.as_deref()?.parse().ok()?,
        kind: match kind.as_deref()? {
            "full_load" => ChainStepKind::FullLoad,
            "increment" => ChainStepKind::Increment,
            "rollback" => ChainStepKind::Rollback,
            _ => return None,
        },
        from: version(from)?,
        to: version(to)?,
        script: script.clone()?,
        number: number_of(number)?,
        scripts: number_of(scripts)?,
        checksum: checksum.as_deref()?.parse().ok()?,
        statement: number_of(statement)?,
        statements: number_of(statements)?,
        line: number_of(line)?,
        state: match state.as_deref()? {
            "started" => StatementState::Started,
            "done" => StatementState::Done,
            "failed" => StatementState::Failed,
            "undone" => StatementState::Undone,
            _ => return None,
        },
        message: message.clone(),
    })
}

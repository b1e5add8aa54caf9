//! Applies a migration to a database, from the first look to the last row of the ledger.

use std::io;

use packhorse_content::digest_of;
use packhorse_content::sql::MAX_FILE_BYTES;
use packhorse_model::database::{LedgerState, Migration, MigrationScript};
use packhorse_model::ids::{AttemptId, DeploymentId};
use packhorse_model::{Digest, PackageName};

use crate::decide::{Refusal, Work, decide, named};
use crate::ledger::Ledger;
use crate::runner::{Runner, Stop};
use crate::script;
use crate::session::{Session, SqlError};
use crate::table::Table;

/// One run of a migration, and what it needs of its surroundings.
pub struct Run<'a> {
    /// The package.
    pub package: &'a PackageName,
    /// What is to be done.
    pub migration: &'a Migration,
    /// The password of the login's user.
    pub password: Option<&'a str>,
    /// Gives a script. What it gives is compared with the digest.
    pub script: &'a (dyn Fn(&Digest) -> io::Result<Vec<u8>> + Send + Sync),
    /// For the ledger.
    pub deployment: DeploymentId,
    /// For the ledger.
    pub attempt: AttemptId,
    /// The time.
    pub now: &'a (dyn Fn() -> jiff::Timestamp + Send + Sync),
    /// Hears a line about each script.
    pub say: &'a (dyn Fn(&str) + Send + Sync),
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applied {
    /// How it ended.
    pub outcome: Outcome,
    /// What the ledger tells now; absent if it could not be read.
    pub ledger: Option<LedgerState>,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The database is where the migration leads.
    Done {
        /// What was done, in a line.
        note: String,
        /// How many statements were run.
        statements: u64,
    },
    /// It is not; the ledger tells where it is, and a further run goes on from there.
    Failed {
        /// What went wrong, where, and what to do next.
        message: String,
        /// How many statements stand that did not stand before.
        statements: u64,
    },
    /// Nobody knows whether a statement took effect.
    Unknown {
        /// What is known.
        evidence: String,
    },
}

/// Why a migration could not be run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotReady {
    /// What is in the way, and what to do.
    pub message: String,
    /// What the ledger tells; absent if it could not be read.
    pub ledger: Option<LedgerState>,
}

/// Brings a database to where a migration leads, from wherever its ledger tells that an earlier run has stopped.
///
/// Two runs in one database do not meet: the later one waits half a minute for the lock, and then fails.
pub async fn apply(run: &Run<'_>) -> Applied {
    let mut session = match Session::open(&run.migration.login, run.password).await {
        Ok(session) => session,
        Err(message) => return Applied { outcome: Outcome::Failed { message, statements: 0 }, ledger: None },
    };
    let (table, ledger) = match begin(&mut session, run).await {
        Ok(begun) => begun,
        Err(error) => {
            session.close().await;
            return Applied { outcome: Outcome::Failed { message: error.to_string(), statements: 0 }, ledger: None };
        }
    };
    let work = match prepare(&mut session, &table, &ledger, run).await {
        Ok(work) => work,
        Err(unready) => {
            session.close().await;
            let outcome = match unready {
                Unready::Refused(message) => Outcome::Failed { message, statements: 0 },
                Unready::Unsettled(evidence) => Outcome::Unknown { evidence },
            };
            return Applied { outcome, ledger: Some(ledger.state()) };
        }
    };
    let mut runner = Runner::new(session, table, run);
    let stopped = runner.all(&work).await;
    let statements = runner.statements();
    let ledger = runner.end().await;
    let outcome = match stopped {
        Ok(()) => Outcome::Done { note: done(run.migration, &work, statements), statements },
        Err(Stop::Failed(message)) => Outcome::Failed { message, statements },
        Err(Stop::Unknown(evidence)) => Outcome::Unknown { evidence },
    };
    Applied { outcome, ledger }
}

/// Finds out whether a migration could be run now: whether the database can be reached, is where the migration begins, and every script may be run.
/// Changes nothing.
///
/// # Errors
/// Why it could not be run, and what to do.
pub async fn check(run: &Run<'_>) -> Result<String, NotReady> {
    let unread = |message| NotReady { message, ledger: None };
    let mut session = Session::open(&run.migration.login, run.password).await.map_err(unread)?;
    let checked = look(&mut session, run).await;
    session.close().await;
    checked
}

async fn look(session: &mut Session, run: &Run<'_>) -> Result<String, NotReady> {
    let login = &run.migration.login;
    let read = async {
        let table = Table::find(session, run.package).await?;
        let ledger = if table.exists(session).await? { table.read(session).await? } else { Ledger::default() };
        Ok::<_, SqlError>((table, ledger))
    };
    let (table, ledger) = read.await.map_err(|error| NotReady {
        message: format!("the ledger of {login} cannot be read: {error}"),
        ledger: None,
    })?;
    match prepare(session, &table, &ledger, run).await {
        Ok(work) => {
            Ok(format!("{login} is {}, {} to run", named(ledger.version.as_ref()), count(work.scripts.len(), "script")))
        }
        Err(Unready::Refused(message) | Unready::Unsettled(message)) => {
            Err(NotReady { message, ledger: Some(ledger.state()) })
        }
    }
}

/// Takes the lock, and reads the ledger.
async fn begin(session: &mut Session, run: &Run<'_>) -> Result<(Table, Ledger), SqlError> {
    session.lock().await?;
    let table = Table::find(session, run.package).await?;
    table.make(session).await?;
    let ledger = table.read(session).await?;
    Ok((table, ledger))
}

/// Why nothing is begun.
enum Unready {
    /// It cannot be.
    Refused(String),
    /// Nobody knows how a statement of an earlier run ended.
    Unsettled(String),
}

/// Finds out what is to be done, and that all of it may be done, before any of it is.
async fn prepare<'m>(
    session: &mut Session,
    table: &Table,
    ledger: &Ledger,
    run: &Run<'m>,
) -> Result<Work<'m>, Unready> {
    let work = decide(run.migration, ledger).map_err(|refusal| match &refusal {
        Refusal::Unsettled { .. } => Unready::Unsettled(refusal.to_string()),
        _ => Unready::Refused(refusal.to_string()),
    })?;
    if work.begins_empty {
        let others = table.others(session).await.map_err(|error| Unready::Refused(error.to_string()))?;
        if !others.is_empty() {
            return Err(Unready::Refused(format!(
                "the first version of {} wants an empty database, and {} holds {}: choose another database, or take these out",
                run.package,
                run.migration.login,
                others.join(", ")
            )));
        }
    }
    for todo in &work.scripts {
        let bytes = load(run, todo.script).map_err(Unready::Refused)?;
        script::read(&todo.script.path, &bytes, session.engine()).map_err(Unready::Refused)?;
    }
    Ok(work)
}

/// The bytes of a script, which are what the migration names.
pub(crate) fn load(run: &Run<'_>, script: &MigrationScript) -> Result<Vec<u8>, String> {
    if script.size > MAX_FILE_BYTES {
        return Err(format!("{} has more than 8 MiB: split it into several files", script.path));
    }
    let bytes = (run.script)(&script.digest).map_err(|error| format!("{} cannot be read: {error}", script.path))?;
    if digest_of(&bytes) != script.digest {
        return Err(format!("{} was altered on this host: retry, which fetches it anew", script.path));
    }
    Ok(bytes)
}

fn done(migration: &Migration, work: &Work<'_>, statements: u64) -> String {
    let to = named(migration.to.as_ref());
    if work.scripts.is_empty() {
        return format!("{} is at {to} already", migration.login);
    }
    format!(
        "{}: {} -> {to}, {}, {}",
        migration.login,
        named(migration.from.as_ref()),
        count(work.scripts.len(), "script"),
        count(usize::try_from(statements).unwrap_or(usize::MAX), "statement")
    )
}

pub(crate) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

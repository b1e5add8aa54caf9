//! Runs scripts, and keeps the ledger true whatever happens in between.

use std::time::Duration;

use packhorse_model::database::{LedgerState, StatementState};
use packhorse_model::manifest::Engine;

use crate::apply::{Run, count, load};
use crate::decide::{Todo, Work};
use crate::ledger::Entry;
use crate::script::{self, Binding, Nature, Planned, Script};
use crate::session::{Session, SqlError};
use crate::table::{Circumstances, Table};

/// How often a lost connection is made again, and the pause before each time.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);

/// Why a run does not go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The ledger tells what stands.
    Failed(String),
    /// Nobody knows what stands.
    Unknown(String),
}

/// A run in its middle.
pub(crate) struct Runner<'r, 'a> {
    /// Absent when it was lost.
    session: Option<Session>,
    table: Table,
    run: &'r Run<'a>,
    /// The id of the last row of the ledger.
    last_id: i64,
    statements: u64,
}

/// A script that is being run.
struct Current<'s, 't> {
    todo: &'s Todo<'s>,
    script: &'s Script<'t>,
}

impl Current<'_, '_> {
    fn place(&self, index: usize) -> String {
        let line = self.script.statements.get(index).map_or(1, |planned| planned.line);
        format!("{}:{line}: statement {} of {}", self.todo.script.path, index + 1, self.script.statements.len())
    }
}

impl<'r, 'a> Runner<'r, 'a> {
    pub(crate) fn new(session: Session, table: Table, run: &'r Run<'a>) -> Self {
        Self { session: Some(session), table, run, last_id: 0, statements: 0 }
    }

    /// How many statements were run that stand.
    pub(crate) fn statements(&self) -> u64 {
        self.statements
    }

    /// Ends the session, after a last look into the ledger.
    pub(crate) async fn end(mut self) -> Option<LedgerState> {
        let mut session = self.session.take()?;
        let ledger = self.table.read(&mut session).await;
        session.close().await;
        ledger.ok().map(|ledger| ledger.state())
    }

    /// Runs everything that is left.
    pub(crate) async fn all(&mut self, work: &Work<'_>) -> Result<(), Stop> {
        let session = self.session.as_mut().ok_or_else(|| Stop::Failed(gone().to_string()))?;
        self.last_id = self.table.last_id(session).await.map_err(|error| Stop::Failed(error.to_string()))?;
        for todo in &work.scripts {
            let bytes = load(self.run, todo.script).map_err(Stop::Failed)?;
            let engine = self.session()?.engine();
            let script = script::read(&todo.script.path, &bytes, engine).map_err(Stop::Failed)?;
            (self.run.say)(&format!("{}: {}", todo.script.path, count(script.statements.len(), "statement")));
            let current = Current { todo, script: &script };
            match script.binding {
                _ if script.statements.is_empty() => self.nothing(&current).await?,
                // What was begun statement by statement is brought to its end in the same way.
                Binding::Whole if todo.stands == 0 => self.whole(&current).await?,
                Binding::Whole | Binding::Singly => self.singly(&current).await?,
            }
            if let Err(error) = self.session()?.reset().await {
                return Err(Stop::Failed(format!("behind {}: {error}: retry", todo.script.path)));
            }
        }
        Ok(())
    }

    /// A script without statements.
    async fn nothing(&mut self, current: &Current<'_, '_>) -> Result<(), Stop> {
        let entry = self.entry(current, None, StatementState::Done, None);
        self.note(current, 0, entry).await
    }

    /// Runs a script as one transaction.
    async fn whole(&mut self, current: &Current<'_, '_>) -> Result<(), Stop> {
        let before = self.last_id;
        let failed = |error: &SqlError| Stop::Failed(format!("before {}: {error}: retry", current.todo.script.path));
        self.begin().await.map_err(|error| failed(&error))?;
        for index in 0..current.script.statements.len() {
            if let Err(error) = self.bound(current, index).await {
                return Err(self.undone(current, index, before, error).await);
            }
        }
        let last = current.script.statements.len() - 1;
        match self.session()?.commit().await {
            Ok(()) => {}
            Err(SqlError::Lost(reason)) => self.look_again(current, last, before, &reason).await?,
            Err(error) => return Err(self.undone(current, last, before, error).await),
        }
        self.statements += current.script.statements.len() as u64;
        Ok(())
    }

    /// Runs a script statement by statement, from where it stopped.
    async fn singly(&mut self, current: &Current<'_, '_>) -> Result<(), Stop> {
        let stands = current.todo.stands as usize;
        for (index, planned) in current.script.statements.iter().enumerate().take(stands) {
            if planned.nature == Nature::Setting {
                let repeated = self.session()?.run(planned.text).await;
                repeated.map_err(|error| Stop::Failed(format!("{}: {error}", current.place(index))))?;
            }
        }
        for (index, planned) in current.script.statements.iter().enumerate().skip(stands) {
            match planned.nature {
                Nature::Bound => self.bound_alone(current, index).await?,
                Nature::Setting => self.setting(current, index, planned).await?,
                Nature::Alone => self.alone(current, index, planned).await?,
            }
            self.statements += 1;
        }
        Ok(())
    }

    /// A statement and its row, in the transaction that there is.
    async fn bound(&mut self, current: &Current<'_, '_>, index: usize) -> Result<(), SqlError> {
        let planned = &current.script.statements[index];
        let began_at = self.now();
        self.live()?.run(planned.text).await?;
        let entry = self.entry(current, Some(index), StatementState::Done, None);
        self.insert(current, planned, entry, began_at).await
    }

    /// A statement and its row, in a transaction of their own.
    async fn bound_alone(&mut self, current: &Current<'_, '_>, index: usize) -> Result<(), Stop> {
        let before = self.last_id;
        let ran = match self.begin().await {
            Ok(()) => self.bound(current, index).await,
            Err(error) => Err(error),
        };
        if let Err(error) = ran {
            return Err(self.failed(current, index, before, error).await);
        }
        match self.session()?.commit().await {
            Ok(()) => Ok(()),
            Err(SqlError::Lost(reason)) => self.look_again(current, index, before, &reason).await,
            Err(error) => Err(self.failed(current, index, before, error).await),
        }
    }

    /// A statement that changes nothing but the session.
    async fn setting(&mut self, current: &Current<'_, '_>, index: usize, planned: &Planned<'_>) -> Result<(), Stop> {
        let before = self.last_id;
        if let Err(error) = self.session()?.run(planned.text).await {
            return Err(self.failed(current, index, before, error).await);
        }
        let entry = self.entry(current, Some(index), StatementState::Done, None);
        self.note(current, index, entry).await
    }

    /// A statement that takes effect by itself: its row is there before.
    async fn alone(&mut self, current: &Current<'_, '_>, index: usize, planned: &Planned<'_>) -> Result<(), Stop> {
        let entry = self.entry(current, Some(index), StatementState::Started, None);
        let id = entry.id;
        self.note(current, index, entry).await?;
        match self.session()?.run(planned.text).await {
            Ok(()) => self.settle(current, index, id, StatementState::Done, None).await,
            Err(SqlError::Refused(said)) => {
                self.settle(current, index, id, StatementState::Failed, Some(&said)).await?;
                Err(Stop::Failed(stopped(current, index, &said)))
            }
            Err(SqlError::Lost(reason)) => {
                self.session = None;
                Err(Stop::Unknown(format!(
                    "{}: the connection was lost while it ran ({reason}). Look whether it took effect; then set the state of row {id} of packhorse_ledger to 'done' if it did, or to 'failed' if it did not, and retry",
                    current.place(index)
                )))
            }
        }
    }

    /// Writes down how a statement ended whose row is there; over a new connection if need be.
    async fn settle(
        &mut self,
        current: &Current<'_, '_>,
        index: usize,
        id: i64,
        state: StatementState,
        said: Option<&str>,
    ) -> Result<(), Stop> {
        let now = self.now();
        let mut settled = self.settle_once(id, state, said, &now).await;
        if matches!(settled, Err(SqlError::Lost(_))) && self.reconnect().await.is_ok() {
            settled = self.settle_once(id, state, said, &now).await;
        }
        settled.map_err(|error| {
            let word = state.as_str();
            Stop::Unknown(format!(
                "{}: it is {word}, and this could not be written down ({error}). Set the state of row {id} of packhorse_ledger to '{word}', and retry",
                current.place(index)
            ))
        })
    }

    async fn settle_once(
        &mut self,
        id: i64,
        state: StatementState,
        said: Option<&str>,
        now: &str,
    ) -> Result<(), SqlError> {
        self.begin().await?;
        let session = self.session.as_mut().ok_or_else(gone)?;
        self.table.settle(session, id, state, said, now.to_owned()).await?;
        session.commit().await
    }

    /// Writes a row in a transaction of its own.
    async fn note(&mut self, current: &Current<'_, '_>, index: usize, entry: Entry) -> Result<(), Stop> {
        let began_at = self.now();
        let noted = async {
            self.begin().await?;
            let empty =
                Planned { text: "", line: 1, digest: packhorse_content::digest_of(b""), nature: Nature::Setting };
            let planned = current.script.statements.get(index).unwrap_or(&empty);
            self.insert(current, planned, entry, began_at).await?;
            self.live()?.commit().await
        };
        let noted: Result<(), SqlError> = noted.await;
        noted.map_err(|error| {
            Stop::Failed(format!(
                "{}: it was not begun, since the ledger could not be written: {error}: retry",
                current.place(index)
            ))
        })
    }

    /// The database has undone the script. Writes down where.
    async fn undone(&mut self, current: &Current<'_, '_>, index: usize, before: i64, error: SqlError) -> Stop {
        self.refused(current, index, before, error, StatementState::Undone).await
    }

    /// The database has refused the statement. Writes it down.
    async fn failed(&mut self, current: &Current<'_, '_>, index: usize, before: i64, error: SqlError) -> Stop {
        self.refused(current, index, before, error, StatementState::Failed).await
    }

    /// A transaction that did not come to its commit has taken no effect, whatever has become of the connection.
    async fn refused(
        &mut self,
        current: &Current<'_, '_>,
        index: usize,
        before: i64,
        error: SqlError,
        state: StatementState,
    ) -> Stop {
        self.last_id = before;
        let is_lost = matches!(error, SqlError::Lost(_));
        if let Some(session) = &mut self.session
            && !is_lost
        {
            // Where the statement itself has ended the transaction there is none any more.
            let _ = session.roll_back().await;
        }
        if is_lost && self.reconnect().await.is_err() {
            self.session = None;
        }
        let said = error.to_string();
        if self.session.is_some() {
            let entry = self.entry(current, Some(index), state, Some(said.clone()));
            if let Err(Stop::Failed(why) | Stop::Unknown(why)) = self.note(current, index, entry).await {
                tracing::warn!(why, "a failure is not in the ledger");
            }
        }
        match state {
            StatementState::Undone => Stop::Failed(format!(
                "{}: {said}. Nothing of this script stands; what was before it does. Correct the script, or what it works on, and retry",
                current.place(index)
            )),
            _ => Stop::Failed(stopped(current, index, &said)),
        }
    }

    /// After a commit whose answer never came: the ledger knows.
    async fn look_again(
        &mut self,
        current: &Current<'_, '_>,
        index: usize,
        before: i64,
        reason: &str,
    ) -> Result<(), Stop> {
        let attempt = self.run.attempt.to_string();
        let wanted = self.last_id;
        let place = current.place(index);
        let seen = match self.reconnect().await {
            Err(error) => Err(error),
            Ok(()) => match self.session.as_mut() {
                Some(session) => self.table.holds(session, wanted, &attempt).await.map_err(|error| error.to_string()),
                None => Err(gone().to_string()),
            },
        };
        match seen {
            Ok(true) => Ok(()),
            Ok(false) => {
                self.last_id = before;
                Err(Stop::Failed(format!(
                    "{place}: the connection was lost at the commit ({reason}), and by the ledger nothing of it stands: retry"
                )))
            }
            Err(error) => {
                self.session = None;
                Err(Stop::Unknown(format!(
                    "{place}: the connection was lost at the commit ({reason}), and the ledger could not be asked since ({error}). It stands if packhorse_ledger has a row {wanted} of attempt {attempt}; a retry looks there, and goes on from what it finds"
                )))
            }
        }
    }

    /// A new session in the place of one that was lost. Its lock proves that the lost one is at its end.
    async fn reconnect(&mut self) -> Result<(), String> {
        self.session = None;
        let mut last = String::new();
        for _ in 0..TRIES {
            tokio::time::sleep(PAUSE).await;
            match Session::open(&self.run.migration.login, self.run.password).await {
                Err(error) => last = error,
                Ok(mut session) => match session.lock().await {
                    Err(error) => last = error.to_string(),
                    Ok(()) => {
                        self.session = Some(session);
                        return Ok(());
                    }
                },
            }
        }
        Err(last)
    }

    /// Begins a transaction; in SQLite, whose transactions are its only lock, only if nobody else has written to the ledger since.
    async fn begin(&mut self) -> Result<(), SqlError> {
        let session = self.session.as_mut().ok_or_else(gone)?;
        session.begin().await?;
        if session.engine() == Engine::Sqlite && self.table.last_id(session).await? != self.last_id {
            session.roll_back().await?;
            return Err(SqlError::Refused("another one has applied a package to this database meanwhile".to_owned()));
        }
        Ok(())
    }

    async fn insert(
        &mut self,
        current: &Current<'_, '_>,
        planned: &Planned<'_>,
        entry: Entry,
        began_at: String,
    ) -> Result<(), SqlError> {
        let ended_at = (entry.state != StatementState::Started).then(|| self.now());
        let around = Circumstances {
            version: current.todo.step.version.to_string(),
            digest: planned.digest,
            began_at,
            ended_at,
            user: self.run.migration.login.user.clone().unwrap_or_default(),
            deployment: self.run.deployment.to_string(),
            attempt: self.run.attempt.to_string(),
        };
        let id = entry.id;
        self.table.insert(self.session.as_mut().ok_or_else(gone)?, &entry, around).await?;
        self.last_id = id;
        Ok(())
    }

    /// The next row: of a statement, or of a script that has none.
    fn entry(
        &self,
        current: &Current<'_, '_>,
        index: Option<usize>,
        state: StatementState,
        message: Option<String>,
    ) -> Entry {
        let Current { todo, script } = current;
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let line = index.and_then(|index| script.statements.get(index)).map_or(1, |planned| planned.line);
        Entry {
            id: self.last_id + 1,
            kind: todo.step.kind,
            from: todo.step.from.clone(),
            to: todo.step.to.clone(),
            script: todo.script.path.clone(),
            number: todo.number,
            scripts: count(todo.step.scripts.len()),
            checksum: todo.script.digest,
            statement: index.map_or(0, |index| count(index + 1)),
            statements: count(script.statements.len()),
            line,
            state,
            message,
        }
    }

    fn live(&mut self) -> Result<&mut Session, SqlError> {
        self.session.as_mut().ok_or_else(gone)
    }

    fn session(&mut self) -> Result<&mut Session, Stop> {
        self.session.as_mut().ok_or_else(|| Stop::Failed(gone().to_string()))
    }

    fn now(&self) -> String {
        (self.run.now)().to_string()
    }
}

fn gone() -> SqlError {
    SqlError::Lost("there is no connection any more".to_owned())
}

fn stopped(current: &Current<'_, '_>, index: usize, said: &str) -> String {
    format!(
        "{}: {said}. The statements before it stand. Correct what it works on, and retry, which goes on with this statement",
        current.place(index)
    )
}

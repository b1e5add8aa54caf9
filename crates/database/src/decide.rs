//! What is to be done: from a migration and a ledger to the scripts that are left.

use packhorse_model::VersionNumber;
use packhorse_model::database::{Migration, MigrationScript, MigrationStep, StatementState};

use crate::ledger::{Ledger, Part, Ran};

/// What is left of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Work<'m> {
    /// The scripts, in order.
    pub scripts: Vec<Todo<'m>>,
    /// Whether it begins with an empty database, so that nothing of others may be in it.
    pub begins_empty: bool,
}

/// A script that is to be run, or to be brought to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Todo<'m> {
    /// Its step.
    pub step: &'m MigrationStep,
    /// The script.
    pub script: &'m MigrationScript,
    /// Its place in the step, from 1.
    pub number: u32,
    /// How many of its statements stand in the database already.
    pub stands: u32,
}

/// Why a migration is not run. Nothing is changed then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A script is not any more what was run.
    #[error(
        "{script} was edited after it was run: the ledger has {ran}, and the package has {has} now. Put the former text back into the package, and make the change in a further increment"
    )]
    Edited {
        /// Its path.
        script: String,
        /// What was run.
        ran: String,
        /// What it is now.
        has: String,
    },
    /// Nobody knows how a statement ended.
    #[error(
        "{script}:{line}: statement {statement} of {statements} was begun, and nobody knows how it ended. Look whether it took effect; then set the state of row {id} of packhorse_ledger to 'done' if it did, or to 'failed' if it did not, and retry"
    )]
    Unsettled {
        /// The row of the ledger.
        id: i64,
        /// The path of its script.
        script: String,
        /// Its line.
        line: u32,
        /// Its place in the script.
        statement: u32,
        /// How many the script has.
        statements: u32,
    },
    /// The database is at another version than the plan found.
    #[error("by its ledger the database is {found}, and the plan begins with {expected}: make a new plan")]
    Elsewhere {
        /// Where the database is.
        found: String,
        /// Where the plan begins.
        expected: String,
    },
    /// Part of another step stands in the database.
    #[error(
        "{script}:{line}: the way from {from} to {to} stopped at statement {statement} of {statements}, and what was run before it stands. Bring that to its end first, by a deployment to {to}, or take it back by hand and set the rows of the step in packhorse_ledger to 'undone'"
    )]
    HalfDone {
        /// Where the step begins.
        from: String,
        /// Where it leads.
        to: String,
        /// The path of its script.
        script: String,
        /// The line at which it stopped.
        line: u32,
        /// The statement at which it stopped.
        statement: u32,
        /// How many the script has.
        statements: u32,
    },
}

/// What is left to be done of a migration, by what the ledger tells.
///
/// # Errors
/// When the ledger tells that the migration does not fit, or needs a person first.
pub fn decide<'m>(migration: &'m Migration, ledger: &Ledger) -> Result<Work<'m>, Refusal> {
    let steps = &migration.steps;
    for applied in &ledger.applied {
        for step in migration.known.iter().chain(steps).filter(|step| applied.way.is_of(step)) {
            unedited(&applied.scripts, step)?;
        }
    }
    let part = ledger.part.as_ref();
    if let Some(part) = part.filter(|part| part.stop.state == StatementState::Started) {
        return Err(unsettled(part));
    }
    let at = position(migration, ledger.version.as_ref()).ok_or_else(|| Refusal::Elsewhere {
        found: named(ledger.version.as_ref()),
        expected: named(migration.from.as_ref()),
    })?;
    let part = part.filter(|part| !part.is_void());
    let is_next = |part: &&Part| steps.get(at).is_some_and(|step| part.begun.way.is_of(step));
    if let Some(part) = part.filter(|part| !is_next(part)) {
        return Err(half_done(part));
    }
    let mut scripts: Vec<Todo<'m>> = steps[at..].iter().flat_map(todo).collect();
    let begins_empty = part.is_none() && steps.get(at).is_some_and(|step| step.from.is_none());
    if let Some((part, step)) = part.zip(steps.get(at)) {
        unedited(&part.begun.scripts, step)?;
        scripts.drain(..part.begun.scripts.len().min(scripts.len()));
        if let (Some(inside), Some(first)) = (&part.inside, scripts.first_mut())
            && inside.stands > 0
        {
            same(&inside.script, first.script)?;
            first.stands = inside.stands;
        }
    }
    Ok(Work { scripts, begins_empty })
}

fn todo(step: &MigrationStep) -> impl Iterator<Item = Todo<'_>> {
    (1..).zip(&step.scripts).map(move |(number, script)| Todo { step, script, number, stands: 0 })
}

/// How many steps of the migration lie behind the database.
fn position(migration: &Migration, version: Option<&VersionNumber>) -> Option<usize> {
    if migration.from.as_ref() == version {
        return Some(0);
    }
    migration.steps.iter().position(|step| step.to.as_ref() == version).map(|at| at + 1)
}

fn unedited(ran: &[Ran], step: &MigrationStep) -> Result<(), Refusal> {
    ran.iter().zip(&step.scripts).try_for_each(|(ran, script)| same(ran, script))
}

fn same(ran: &Ran, script: &MigrationScript) -> Result<(), Refusal> {
    if ran.checksum == script.digest {
        return Ok(());
    }
    let (ran, has) = (ran.checksum.short().to_string(), script.digest.short().to_string());
    Err(Refusal::Edited { script: script.path.clone(), ran, has })
}

fn unsettled(part: &Part) -> Refusal {
    let stop = &part.stop;
    Refusal::Unsettled {
        id: part.id,
        script: stop.script.clone(),
        line: stop.line,
        statement: stop.statement,
        statements: stop.statements,
    }
}

fn half_done(part: &Part) -> Refusal {
    let stop = &part.stop;
    Refusal::HalfDone {
        from: named(stop.from.as_ref()),
        to: named(stop.to.as_ref()),
        script: stop.script.clone(),
        line: stop.line,
        statement: stop.statement,
        statements: stop.statements,
    }
}

/// A version for people.
pub(crate) fn named(version: Option<&VersionNumber>) -> String {
    version.map_or_else(|| "empty".to_owned(), ToString::to_string)
}

#[cfg(test)]
#[path = "decide_tests.rs"]
mod tests;

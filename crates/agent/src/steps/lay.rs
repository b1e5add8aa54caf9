//! Laying the files of a version where they are used, and taking them back: for the layout `overwrite` and for config packages.

use packhorse_model::order::UnitAction;

use super::{Host, StepError, Task};
use crate::install::lay::{Aim, Change, Ground, Source, Written, compose, leave, paths, sweep, write};
use crate::install::{Held, Record, Site};

/// How many files a note names.
const NAMED: usize = 3;

/// Lays the files of the version in `directory` where they are used. Gives a note for people.
pub(super) fn lay(host: &Host, task: &Task, site: &Site, directory: &str) -> Result<String, StepError> {
    let attempt = task.attempt.id();
    let ground = Ground::open(&host.paths, site, task.arrangement())?;
    let change = match site.change(attempt)? {
        Some(change) => change,
        None => {
            let change = composed(task, site, &ground, directory)?;
            site.save_change(attempt, &change)?;
            change
        }
    };
    // From here on this change alone says what was there before.
    sweep(&ground, site, attempt)?;
    site.forget_changes(Some(attempt))?;
    let path = site.path_of(task.arrangement(), directory);
    let version = site.versions(task.arrangement())?.folder(directory);
    let version = version.map_err(|source| StepError::Io { path, source })?;
    let moves = paths(change.moves)?;
    let forwards = moves.iter().map(|(path, moved)| (path, &moved.after, &moved.source));
    let written = write(&ground, site, Some(&version), attempt, forwards)?;
    site.save_laid(&change.after)?;
    Ok(told(written, &change.stay))
}

/// Looks whether the files can be laid, and keeps the bytes that they will replace, while nothing is touched yet.
pub(super) fn rehearse(host: &Host, task: &Task, site: &Site) -> Result<(), StepError> {
    let ground = Ground::open(&host.paths, site, task.arrangement())?;
    composed(task, site, &ground, &task.place()?.directory).map(drop)
}

fn composed(task: &Task, site: &Site, ground: &Ground, directory: &str) -> Result<Change, StepError> {
    let record = site.record()?;
    let to = held(&record, directory)?;
    let aim =
        Aim { attempt: task.attempt.id(), from: task.order().from.as_ref(), current: record.current.as_ref(), to };
    Ok(compose(ground, site, &aim)?)
}

fn held<'r>(record: &'r Record, directory: &str) -> Result<&'r Held, StepError> {
    let missing = || StepError::Other(format!("{directory} is not among the versions on this host: retry"));
    record.version_in(directory).ok_or_else(missing)
}

/// Brings back what was there before this attempt laid anything.
pub(super) fn take_back(host: &Host, task: &Task, site: &Site) -> Result<String, StepError> {
    let attempt = task.attempt.id();
    let Some(change) = site.change(attempt)? else { return Ok("nothing was laid".to_owned()) };
    let ground = Ground::open(&host.paths, site, task.arrangement())?;
    // Until all of it is back, the change counts as one that was not finished.
    site.save_laid(&change.before)?;
    let moves = paths(change.moves)?;
    let backwards = moves.iter().map(|(path, moved)| (path, &moved.before, &Source::Former));
    let written = write(&ground, site, None, attempt, backwards)?;
    Ok(told(written, &[]))
}

/// Takes the files of a package away that goes: after a first installation that failed, or for good.
pub(super) fn clear(host: &Host, task: &Task, site: &Site) -> Result<String, StepError> {
    let mut note = String::new();
    if task.order().action == UnitAction::Install {
        note = take_back(host, task, site)?;
        // Only if an attempt before this one had laid the version already is there more to take away.
        if site.laid()?.by.is_none() {
            return Ok(note);
        }
    }
    let record = site.record()?;
    let Some(current) = &record.current else { return Ok(note) };
    let ground = Ground::open(&host.paths, site, task.arrangement())?;
    let leaving = leave(&ground, site, current)?;
    let states = leaving.states.iter().map(|(path, state)| (path, state, &Source::Former));
    let written = write(&ground, site, None, task.attempt.id(), states)?;
    Ok(told(written, &leaving.stay))
}

fn told(written: Written, stay: &[String]) -> String {
    let mut note = format!("{} files written, {} removed", written.put, written.removed);
    if !stay.is_empty() {
        let named = stay.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if stay.len() > NAMED { format!(" and {} more", stay.len() - NAMED) } else { String::new() };
        note.push_str(&format!("; changed on this host, so left where they are: {named}{more}"));
    }
    note
}

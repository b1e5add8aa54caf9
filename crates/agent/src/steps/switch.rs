//! Switch and switch back: which version is the current one.

use packhorse_content::stage::point;
use packhorse_planner::host::{Arrangement, Side};

use super::{Did, Host, StepError, Task, lay};
use crate::install::{CURRENT, Record, STAGING, Site};

pub(super) fn switch(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let (plan, to) = (task.plan()?, task.to()?);
    let new = task.place()?.directory;
    let is_change = task.order().from.as_ref().is_some_and(|from| !from.is_same(to));
    // The same version with the same values, made anew, is no version to go back to.
    let previous = if is_change { plan.old.map(|place| place.directory) } else { before(task)? };
    let note = lay_if_needed(host, task, &site, &new)?;
    let mut record = site.record()?;
    record.arrange(&new, previous.as_deref());
    let missing = || StepError::Other(format!("{new} is not among the versions on this host: retry"));
    let current = record.current.as_mut().ok_or_else(missing)?;
    current.release = to.clone();
    current.variables.clone_from(&task.order().variables);
    use_version(task, &site, &record, &new, &note)
}

pub(super) fn switch_back(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    if task.step.of == Side::New {
        // There was no version before: what remains are the files that lay there, and the version itself until it is removed.
        let note = lay::clear(host, task, &site)?;
        site.forget_changes(None)?;
        return Ok(Did::done(note));
    }
    let old = task.place()?.directory;
    let note = if task.arrangement().lays_files() { lay::take_back(host, task, &site)? } else { String::new() };
    let mut record = site.record()?;
    record.arrange(&old, before(task)?.as_deref());
    let did = use_version(task, &site, &record, &old, &note)?;
    if task.arrangement().lays_files() {
        site.forget_changes(None)?;
    }
    Ok(did)
}

/// The directory of the version that was the previous one before this attempt.
fn before(task: &Task) -> Result<Option<String>, StepError> {
    Ok(task.installed()?.previous.as_ref().map(|version| version.directory.clone()))
}

fn lay_if_needed(host: &Host, task: &Task, site: &Site, directory: &str) -> Result<String, StepError> {
    if task.arrangement().lays_files() { lay::lay(host, task, site, directory) } else { Ok(String::new()) }
}

/// Writes down which version is used, and lets the link lead to it where there is one.
fn use_version(task: &Task, site: &Site, record: &Record, directory: &str, note: &str) -> Result<Did, StepError> {
    let arrangement = task.arrangement();
    // What is used must be there (I3).
    let there = site.versions(arrangement)?.folder(directory);
    there.map_err(|source| StepError::Io { path: site.path_of(arrangement, directory), source })?;
    site.save(record)?;
    Ok(Did::done(match arrangement {
        Arrangement::Symlink => {
            let led = point(site.root(), CURRENT, directory, &site.own(STAGING)?);
            led.map_err(|source| StepError::Io { path: site.path().join(CURRENT), source })?;
            format!("{CURRENT} -> {directory}")
        }
        Arrangement::Versioned => format!("{directory} is used"),
        Arrangement::Overwrite | Arrangement::Config => format!("{directory}: {note}"),
    }))
}

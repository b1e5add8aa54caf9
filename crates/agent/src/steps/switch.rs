//! Switch and switch back: which version is the current one.

use packhorse_content::stage::point;

use super::{Did, Host, StepError, Task};
use crate::install::{CURRENT, STAGING, Site};

pub(super) fn switch(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let (plan, to) = (task.plan()?, task.to()?);
    let new = task.place()?.directory;
    let is_change = task.order().from.as_ref().is_some_and(|from| !from.is_same(to));
    // The same version with the same values, made anew, is no version to go back to.
    let previous = if is_change { plan.old.map(|place| place.directory) } else { before(task)? };
    let mut record = site.record()?;
    record.arrange(&new, previous.as_deref());
    let missing = || StepError::Other(format!("{new} is not among the versions on this host: retry"));
    let current = record.current.as_mut().ok_or_else(missing)?;
    current.release = to.clone();
    current.variables.clone_from(&task.order().variables);
    site.save(&record)?;
    lead_to(&site, &new)
}

pub(super) fn switch_back(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let old = task.place()?.directory;
    let mut record = site.record()?;
    record.arrange(&old, before(task)?.as_deref());
    site.save(&record)?;
    lead_to(&site, &old)
}

/// The directory of the version that was the previous one before this attempt.
fn before(task: &Task) -> Result<Option<String>, StepError> {
    Ok(task.installed()?.previous.as_ref().map(|version| version.directory.clone()))
}

fn lead_to(site: &Site, directory: &str) -> Result<Did, StepError> {
    let wrong = |source| StepError::Io { path: site.path().join(CURRENT), source };
    // What is led to must be there (I3).
    site.root().folder(directory).map_err(wrong)?;
    point(site.root(), CURRENT, directory, &site.own(STAGING)?).map_err(wrong)?;
    Ok(Did::done(format!("{CURRENT} -> {directory}")))
}

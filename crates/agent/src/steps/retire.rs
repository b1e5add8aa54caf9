//! Retire and remove: taking away versions that are no longer kept, or all of them.

use std::collections::BTreeSet;
use std::io;

use packhorse_content::EntryKind;
use packhorse_planner::host::{Arrangement, retirable};

use super::{Did, Host, StepError, Task, lay};
use crate::install::lay::State;
use crate::install::{CURRENT, ORIGINALS, Record, STAGING, Site, TREES};

pub(super) fn retire(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let mut record = site.record()?;
    let (in_use, versions) = (site.current(&record)?, site.versions(record.arrangement())?);
    let named = retirable(task.order(), task.installed()?);
    let (gone, kept): (Vec<_>, Vec<_>) = record
        .others
        .into_iter()
        .partition(|held| named.contains(&held.directory) && Some(&held.directory) != in_use.as_ref());
    record.others = kept;
    site.save(&record)?;
    let gone: Vec<String> = gone.into_iter().map(|held| held.directory).collect();
    site.remove(&versions, &gone)?;
    site.empty(STAGING, |_| false)?;
    forget(&site, &record)?;
    if record.arrangement().lays_files() {
        forget_former(&site)?;
    }
    Ok(Did::done(if gone.is_empty() { "nothing to remove".to_owned() } else { format!("removed {}", gone.join(", ")) }))
}

/// Removes the lists and originals of versions that are no longer here.
fn forget(site: &Site, record: &Record) -> Result<(), StepError> {
    let mut trees = BTreeSet::new();
    let mut originals = BTreeSet::new();
    for held in record.versions() {
        trees.insert(held.tree().to_string());
        let Some(tree) = site.tree(&held.tree())? else { continue };
        for path in held.release.manifest.rendered() {
            if let Some(EntryKind::File { digest, .. }) = tree.get(path).map(|entry| &entry.kind) {
                originals.insert(digest.to_string());
            }
        }
    }
    site.empty(TREES, |name| trees.contains(name))?;
    site.empty(ORIGINALS, |name| originals.contains(name))?;
    Ok(())
}

/// Removes what was kept of replaced files, but for what a way back needs.
fn forget_former(site: &Site) -> Result<(), StepError> {
    let laid = site.laid()?;
    site.forget_changes(None)?;
    let former = laid.former.iter().flat_map(|former| former.states.values());
    let states = former.chain(laid.restored.values()).chain(laid.origins.values());
    let needed: BTreeSet<String> = states.filter_map(State::content).map(|content| content.to_string()).collect();
    site.forget_former(|name| needed.contains(name))?;
    Ok(())
}

pub(super) fn remove(host: &Host, task: &Task) -> Result<Did, StepError> {
    let order = task.order();
    let Some(site) = Site::open(&host.paths, &order.install_root, &order.package)? else {
        return Ok(Did::done("nothing is there"));
    };
    let mut laid = String::new();
    match task.arrangement() {
        Arrangement::Symlink => remove_link(&site)?,
        Arrangement::Versioned => {}
        Arrangement::Overwrite | Arrangement::Config => laid = format!(" ({})", lay::clear(host, task, &site)?),
    }
    let mut record = site.record()?;
    let versions = site.versions(task.arrangement())?;
    let directories: Vec<String> = record.take_versions().into_iter().map(|held| held.directory).collect();
    site.remove(&versions, &directories)?;
    let data = site.remove_data(&order.remove_data)?;
    // If what follows is cut short, nothing must be looked for that is gone by then.
    site.save(&record)?;
    site.clear()?;
    let with_data = if data.is_empty() { String::new() } else { format!(", and the data in {}", data.join(", ")) };
    Ok(Did::done(format!("removed {}{laid}{with_data}", directories.join(", "))))
}

fn remove_link(site: &Site) -> Result<(), StepError> {
    match site.root().remove_file(CURRENT) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        removed => removed.map_err(|source| StepError::Io { path: site.path().join(CURRENT), source }),
    }
}

//! Stage: puts the fetched version in its place beside the current one.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use packhorse_content::Tree;
use packhorse_content::stage::{Folder, Walk, place};
use rustix::fs::{AtFlags, Gid, Uid};

use super::lay::rehearse;
use super::{Did, Host, StepError, Task};
use crate::install::{Held, STAGING};
use crate::runner::RunAs;
use crate::users;

pub(super) fn stage(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let directory = task.place()?.directory;
    let to = task.to()?;
    let wrong = |path: &Path| {
        let path = path.to_owned();
        move |source| StepError::Io { path, source }
    };
    let (at, versions) = (site.path_of(task.arrangement(), &directory), site.versions(task.arrangement())?);
    let staging = site.own(STAGING)?;
    let is_staged = staging.look_up(task.staged()).map_err(wrong(&at))?.is_some();
    let is_placed = versions.look_up(&directory).map_err(wrong(&at))?.is_some();
    let mut record = site.record()?;
    if !is_staged && is_placed && record.version_in(&directory).is_some_and(|held| to.is_same(&held.release)) {
        return Ok(Did::done(format!("{directory} is in place")));
    }
    if let Some(owner) = users::become_user(to.manifest.owner.as_deref())? {
        let staged = staging.folder(task.staged()).map_err(wrong(&at))?;
        let tree = site.tree(&to.tree)?.ok_or(StepError::Content { what: "list of files" })?;
        give_to(&staged, &tree, owner.ids).map_err(wrong(&at))?;
    }
    record.others.retain(|held| held.directory != directory);
    let variables = task.order().variables.clone();
    let rendered = BTreeMap::new();
    record.others.push(Held { release: to.clone(), directory: directory.clone(), variables, rendered });
    site.save(&record)?;
    put_in_place(&versions, &staging, &task.staged(), &directory).map_err(wrong(&at))?;
    if task.arrangement().lays_files() && to.manifest.rendered().is_empty() {
        rehearse(host, task, &site)?;
    }
    Ok(Did::done(directory))
}

pub(super) fn put_in_place(versions: &Folder, staging: &Folder, staged: &str, directory: &str) -> io::Result<()> {
    place(staging, staged, versions, directory).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = "there is something with this name that Packhorse did not put there: move it away and retry";
            io::Error::new(io::ErrorKind::AlreadyExists, message)
        }
        _ => error,
    })
}

/// Gives everything to a user. Links are given as links, and nothing is followed.
pub(super) fn give_to(folder: &Folder, tree: &Tree, owner: RunAs) -> io::Result<()> {
    let ids = (Some(Uid::from_raw(owner.uid)), Some(Gid::from_raw(owner.gid)));
    let mut walk = Walk::new(folder);
    for entry in tree {
        let parent = walk.parent(&entry.path)?;
        rustix::fs::chownat(parent, entry.path.name(), ids.0, ids.1, AtFlags::SYMLINK_NOFOLLOW)?;
    }
    rustix::fs::fchown(folder, ids.0, ids.1)?;
    folder.sync_file_system()
}

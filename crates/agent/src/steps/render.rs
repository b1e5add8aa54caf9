//! Render: replaces the variables in the files that the package names. The files as they came are kept, for verification and as the
//! base of later deltas.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;

use packhorse_content::stage::{Folder, Walk, discard};
use packhorse_content::{Entry, EntryKind, digest_of};
use packhorse_planner::host::render as replace_variables;
use rustix::fs::{Mode, RawMode, Uid};

use super::{Did, Host, LARGEST_RENDERED, StepError, Task};
use crate::install::{ORIGINALS, STAGING, Site};
use crate::runner::RunAs;
use crate::users;

pub(super) fn render(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let to = task.to()?;
    let directory = task.place()?.directory;
    let tree = site.tree(&to.tree)?.ok_or(StepError::Content { what: "list of files" })?;
    let owner = users::become_user(to.manifest.owner.as_deref())?.map(|owner| owner.ids);
    let at = site.path().join(&directory);
    let folder = site.root().folder(&directory).map_err(|source| StepError::Io { path: at.clone(), source })?;
    let mut walk = Walk::new(&folder);
    for path in &to.manifest.render {
        let entry = tree.get(path).filter(|entry| matches!(entry.kind, EntryKind::File { .. })).ok_or_else(|| {
            StepError::Other(format!("packhorse.toml wants {path:?} rendered, which is not a file of the package"))
        })?;
        let wrong = |source| StepError::Io { path: at.join(path), source };
        let parent = walk.parent(&entry.path).map_err(wrong)?;
        let original = original(&site, parent, entry)?;
        let rendered = replace_variables(&original, &task.order().variables)
            .map_err(|error| StepError::Render { path: path.clone(), error })?;
        let staging = site.own(STAGING)?;
        replace(&staging, &format!("{}.rendered", task.staged()), parent, entry, &rendered, owner).map_err(wrong)?;
    }
    folder.sync_file_system().map_err(|source| StepError::Io { path: at, source })?;
    Ok(Did::done(match to.manifest.render.as_slice() {
        [one] => one.clone(),
        many => format!("{} files", many.len()),
    }))
}

/// The file as it came: from where it is kept, or else from its place, if it was not rendered yet.
fn original(site: &Site, parent: &Folder, entry: &Entry) -> Result<Vec<u8>, StepError> {
    let EntryKind::File { size, digest } = entry.kind else { return Ok(Vec::new()) };
    let path = entry.path.as_str();
    if size > LARGEST_RENDERED {
        return Err(StepError::Other(format!("{path:?} is too large to be rendered: at most 16 MiB")));
    }
    if let Some(original) = site.original(&digest)? {
        return Ok(original);
    }
    let mut bytes = Vec::new();
    let read = parent.open_file(entry.path.name()).and_then(|file| file.take(size + 1).read_to_end(&mut bytes));
    read.map_err(|source| StepError::Io { path: path.into(), source })?;
    if digest_of(&bytes) != digest {
        return Err(StepError::Other(format!("{path:?} was altered on this host before it was rendered: retry")));
    }
    site.keep(ORIGINALS, &digest, &bytes)?;
    Ok(bytes)
}

/// Puts new content in the place of a file, by one rename, with the mode and owner that it had.
fn replace(
    staging: &Folder,
    name: &str,
    parent: &Folder,
    entry: &Entry,
    content: &[u8],
    owner: Option<RunAs>,
) -> io::Result<()> {
    discard(staging, name)?;
    let mut file = staging.create_file(name)?;
    file.write_all(content)?;
    if let Some(owner) = owner {
        let group = rustix::fs::Gid::from_raw(owner.gid);
        rustix::fs::fchown(file.as_fd(), Some(Uid::from_raw(owner.uid)), Some(group))?;
    }
    rustix::fs::fchmod(file.as_fd(), Mode::from_raw_mode(RawMode::from(entry.mode)))?;
    staging.rename(name, parent, entry.path.name())
}

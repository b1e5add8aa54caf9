//! Bringing paths to what they shall be: everything complete beside its place first, then by renames.

use std::collections::BTreeSet;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;

use packhorse_content::EntryPath;
use packhorse_content::stage::{Folder, Walk, discard};
use packhorse_model::ids::AttemptId;
use rustix::fs::{AtFlags, Gid, Mode, RawMode, Uid};

use super::bytes::copy;
use super::change::Source;
use super::compose::paths;
use super::ground::{Ground, Reach};
use super::state::{State, give_labels, observe};
use crate::install::{Site, SiteError};
use crate::runner::RunAs;

/// What was done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Written {
    /// Files and links that were put in place.
    pub put: usize,
    /// Files, links and folders that were taken away.
    pub removed: usize,
}

/// A path that is not yet as it shall be.
struct Pending<'a> {
    path: &'a EntryPath,
    present: State,
    wanted: &'a State,
    source: &'a Source,
    /// The name that what comes has beside its place.
    beside: String,
}

/// Brings every path to the state that it shall have; what has it already is left alone. `version` is the directory of the version of
/// which files are taken. If it fails or is cut short, the same call, or one with what was there before, makes the paths whole again.
///
/// # Errors
/// [`SiteError::Io`]; nothing was renamed if a file could not be written.
pub fn write<'a>(
    ground: &Ground,
    site: &Site,
    version: Option<&Folder>,
    attempt: AttemptId,
    wanted: impl Iterator<Item = (&'a EntryPath, &'a State, &'a Source)>,
) -> Result<Written, SiteError> {
    let pending = pending(ground, attempt, wanted)?;
    make_folders(ground, &pending)?;
    for to_come in &pending {
        prepare(ground, site, version, to_come).map_err(ground.wrong(to_come.path))?;
    }
    sync(ground)?;
    let mut written = Written { removed: clear(ground, &pending)?, ..Written::default() };
    let mut walk = Walk::new(ground.folder());
    for to_come in pending.iter().filter(|to_come| to_come.comes_whole()) {
        cut().and_then(|()| put(&mut walk, to_come)).map_err(ground.wrong(to_come.path))?;
        written.put += 1;
    }
    settle_folders(ground, &pending)?;
    match ground.reach() {
        Reach::InstallRoot => sync(ground)?,
        Reach::WholeHost => sync_parents(ground, &pending)?,
    }
    Ok(written)
}

/// Takes away what other attempts have left beside its places: those whose changes were cut short and are taken over.
///
/// # Errors
/// [`SiteError::Io`].
pub fn sweep(ground: &Ground, site: &Site, own: AttemptId) -> Result<(), SiteError> {
    for (attempt, change) in site.other_changes(Some(own))? {
        let mut walk = Walk::new(ground.folder());
        for (number, path) in paths(change.moves)?.into_keys().enumerate() {
            discard_beside(&mut walk, &path, &beside(attempt, number)).map_err(ground.wrong(&path))?;
        }
    }
    Ok(())
}

fn beside(attempt: AttemptId, number: usize) -> String {
    format!(".packhorse-{attempt}-{number}")
}

/// Removes what lies beside a place; where the folder of the place is gone, nothing does.
fn discard_beside(walk: &mut Walk<'_>, path: &EntryPath, beside: &str) -> io::Result<()> {
    match walk.parent(path).and_then(|parent| discard(parent, beside)) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(()),
        discarded => discarded,
    }
}

impl Pending<'_> {
    /// Whether it is written beside its place and renamed.
    fn comes_whole(&self) -> bool {
        matches!(self.wanted, State::File { .. } | State::Link { .. })
    }
}

fn pending<'a>(
    ground: &Ground,
    attempt: AttemptId,
    wanted: impl Iterator<Item = (&'a EntryPath, &'a State, &'a Source)>,
) -> Result<Vec<Pending<'a>>, SiteError> {
    let mut walk = Walk::new(ground.folder());
    let mut pending = Vec::new();
    for (number, (path, wanted, source)) in wanted.enumerate() {
        let beside = beside(attempt, number);
        let present = observe(&mut walk, path).map_err(ground.wrong(path))?;
        discard_beside(&mut walk, path, &beside).map_err(ground.wrong(path))?;
        if !present.is_as(wanted) {
            pending.push(Pending { path, present, wanted, source, beside });
        }
    }
    Ok(pending)
}

fn make_folders(ground: &Ground, pending: &[Pending<'_>]) -> Result<(), SiteError> {
    let mut walk = Walk::new(ground.folder());
    for to_come in pending.iter().filter(|to_come| matches!(to_come.wanted, State::Folder { .. })) {
        let make = |parent: &Folder| {
            cut()?;
            match to_come.present {
                State::Folder { .. } => return Ok(()),
                State::Nothing => {}
                State::File { .. } | State::Link { .. } => parent.remove_file(to_come.path.name())?,
            }
            parent.create_folder(to_come.path.name()).map(drop)
        };
        walk.parent(to_come.path).and_then(make).map_err(ground.wrong(to_come.path))?;
    }
    Ok(())
}

/// Writes what is to come beside its place.
fn prepare(ground: &Ground, site: &Site, version: Option<&Folder>, to_come: &Pending<'_>) -> io::Result<()> {
    let mut walk = Walk::new(ground.folder());
    match to_come.wanted {
        State::Nothing | State::Folder { .. } => Ok(()),
        State::Link { target } => {
            cut()?;
            walk.parent(to_come.path)?.create_link(&to_come.beside, target)
        }
        State::File { content, mode, owner, labels } => {
            cut()?;
            let from = match (to_come.source, version) {
                (Source::Former, _) => site.former(*content)?,
                (Source::Version(path), Some(version)) => {
                    let path = EntryPath::new(path).map_err(io::Error::other)?;
                    Walk::new(version).parent(&path)?.open_file(path.name())?
                }
                (Source::Version(_), None) => return Err(io::Error::other("the version is not on this host: retry")),
            };
            let file = walk.parent(to_come.path)?.create_file(&to_come.beside)?;
            if copy(&from, &file)? != *content {
                return Err(io::Error::other(
                    "what was kept for it was altered on this host: deploy the version again",
                ));
            }
            give_labels(&file, labels)?;
            let now = file.metadata()?;
            if (now.uid(), now.gid()) != (owner.uid, owner.gid) {
                let (uid, gid) = ids(*owner);
                rustix::fs::fchown(file.as_fd(), uid, gid)?;
            }
            rustix::fs::fchmod(file.as_fd(), Mode::from_raw_mode(RawMode::from(*mode)))?;
            if ground.reach() == Reach::WholeHost { file.sync_all() } else { Ok(()) }
        }
    }
}

/// Takes away what shall not be there, and folders where files shall be; the deepest first.
fn clear(ground: &Ground, pending: &[Pending<'_>]) -> Result<usize, SiteError> {
    let mut removed = 0;
    let mut walk = Walk::new(ground.folder());
    for gone in pending.iter().rev() {
        let remove = |parent: &Folder| match (gone.wanted, &gone.present) {
            (State::Nothing, State::File { .. } | State::Link { .. }) => {
                cut().and_then(|()| parent.remove_file(gone.path.name())).map(|()| 1)
            }
            (State::Nothing, State::Folder { .. }) => match parent.remove_folder(gone.path.name()) {
                // What the application has written there stays.
                Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(0),
                cleared => cleared.map(|()| 1),
            },
            (State::File { .. } | State::Link { .. }, State::Folder { .. }) => {
                parent.remove_folder(gone.path.name()).map(|()| 1)
            }
            _ => Ok(0),
        };
        // What lies in a folder that has become something else is gone with it.
        if !matches!((gone.wanted, &gone.present), (State::Nothing, State::Nothing)) {
            removed += walk.parent(gone.path).and_then(remove).map_err(ground.wrong(gone.path))?;
        }
    }
    Ok(removed)
}

fn put(walk: &mut Walk<'_>, to_come: &Pending<'_>) -> io::Result<()> {
    let parent = walk.parent(to_come.path)?;
    parent.rename(&to_come.beside, parent, to_come.path.name())
}

/// Gives folders their owners and modes, the deepest first: one that is closed must have everything in it by then.
fn settle_folders(ground: &Ground, pending: &[Pending<'_>]) -> Result<(), SiteError> {
    let mut walk = Walk::new(ground.folder());
    for folder in pending.iter().rev() {
        let State::Folder { mode, owner } = folder.wanted else { continue };
        let settle = |parent: &Folder| {
            let is_its = matches!(folder.present, State::Folder { owner: its, .. } if its == *owner);
            if !is_its && *owner != own() {
                let (uid, gid) = ids(*owner);
                rustix::fs::chownat(parent, folder.path.name(), uid, gid, AtFlags::SYMLINK_NOFOLLOW)?;
            }
            parent.folder(folder.path.name())?.set_mode(*mode)
        };
        walk.parent(folder.path).and_then(settle).map_err(ground.wrong(folder.path))?;
    }
    Ok(())
}

fn sync(ground: &Ground) -> Result<(), SiteError> {
    if ground.reach() == Reach::WholeHost {
        return Ok(());
    }
    let path = ground.root().to_owned();
    ground.folder().sync_file_system().map_err(|source| SiteError::Io { path, source })
}

fn sync_parents(ground: &Ground, pending: &[Pending<'_>]) -> Result<(), SiteError> {
    let parents: BTreeSet<Option<EntryPath>> = pending.iter().map(|changed| changed.path.parent_path()).collect();
    for parent in parents {
        let path = parent.as_ref().map_or("", EntryPath::as_str);
        let mut walk = Walk::new(ground.folder());
        match walk.folder(path).and_then(Folder::sync) {
            // A folder that was taken away: its own parent is synced, too.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            synced => synced.map_err(|source| SiteError::Io { path: ground.root().join(path), source })?,
        }
    }
    Ok(())
}

fn ids(owner: RunAs) -> (Option<Uid>, Option<Gid>) {
    (Some(Uid::from_raw(owner.uid)), Some(Gid::from_raw(owner.gid)))
}

/// The agent's own user and group.
pub(super) fn own() -> RunAs {
    RunAs { uid: rustix::process::geteuid().as_raw(), gid: rustix::process::getegid().as_raw() }
}

/// Where tests cut a change short.
#[cfg(not(test))]
fn cut() -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
use super::tests::cut;

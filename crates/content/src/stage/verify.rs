//! Comparing a folder with the tree that should be in it.

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Read};

use packhorse_model::Digest;
use rustix::fs::FileType;

use super::copy::{buffer_for, is_altered};
use super::folder::{Folder, Walk, file_type, permissions};
use crate::tree::{Entry, EntryKind, Tree};

/// Something is not as the tree says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Where. A path that is not in the tree may have any name that the file system allows.
    pub path: String,
    /// What is different.
    pub fault: Fault,
}

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing,
    /// It is there and not in the tree. What an unknown folder holds is not listed.
    Extra,
    /// It is something else: a file where a folder should be, or the like.
    Kind,
    /// It has other permissions.
    Mode {
        /// Those of the tree.
        expected: u16,
        /// What it has.
        actual: u16,
    },
    /// It has other content.
    Content,
    /// The link leads elsewhere.
    Target,
    /// It can't be read.
    Unreadable,
}

impl Fault {
    /// Whether bytes or a link's target are not those of the tree, so that they can't be built upon.
    #[must_use]
    pub fn alters_content(self) -> bool {
        !matches!(self, Self::Extra | Self::Mode { .. })
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = &self.path;
        match self.fault {
            Fault::Missing => write!(f, "{path:?} is missing"),
            Fault::Extra => write!(f, "{path:?} was added"),
            Fault::Kind => write!(f, "{path:?} has become something else"),
            Fault::Mode { expected, actual } => write!(f, "{path:?} has mode {actual:o}, it was {expected:o}"),
            Fault::Content => write!(f, "{path:?} has other content"),
            Fault::Target => write!(f, "{path:?} leads elsewhere"),
            Fault::Unreadable => write!(f, "{path:?} can't be read"),
        }
    }
}

/// Everything in which `folder` differs from `tree`, in the order of the tree, and what was added at the end.
///
/// # Errors
/// Only if the host fails; what was altered by hand is never an error.
pub fn verify(folder: &Folder, tree: &Tree) -> io::Result<Vec<Difference>> {
    let mut walk = Walk::new(folder);
    let mut found = Vec::new();
    // What lies below a folder that is gone, or that is none, is not looked at: it is missing for that reason.
    let mut lost: Option<&str> = None;
    for entry in tree {
        let below_lost = lost.is_some_and(|lost| entry.path.strip(lost).is_some());
        let fault = if below_lost { Some(Fault::Missing) } else { fault_of(&mut walk, entry)? };
        let gone = matches!(fault, Some(Fault::Missing | Fault::Kind | Fault::Unreadable));
        if gone && !below_lost && entry.kind == EntryKind::Directory {
            lost = Some(entry.path.as_str());
        }
        found.extend(fault.map(|fault| Difference { path: entry.path.to_string(), fault }));
    }
    find_extra(folder, "", tree, &mut found)?;
    Ok(found)
}

fn fault_of(walk: &mut Walk<'_>, entry: &Entry) -> io::Result<Option<Fault>> {
    match compare(walk, entry) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Fault::Missing)),
        Err(error) if is_altered(&error) => Ok(Some(Fault::Unreadable)),
        compared => compared,
    }
}

fn compare(walk: &mut Walk<'_>, entry: &Entry) -> io::Result<Option<Fault>> {
    let name = entry.path.name();
    let parent = walk.parent(&entry.path)?;
    let Some(stat) = parent.look_up(name)? else { return Ok(Some(Fault::Missing)) };
    let expected_type = match entry.kind {
        EntryKind::Directory => FileType::Directory,
        EntryKind::File { .. } => FileType::RegularFile,
        EntryKind::Symlink { .. } => FileType::Symlink,
    };
    if file_type(&stat) != expected_type {
        return Ok(Some(Fault::Kind));
    }
    let content = match &entry.kind {
        EntryKind::Directory => None,
        EntryKind::Symlink { target } => {
            return Ok((parent.read_link(name)? != target.as_str().as_bytes()).then_some(Fault::Target));
        }
        EntryKind::File { size, digest } => {
            let same = u64::try_from(stat.st_size) == Ok(*size) && has_content(parent.open_file(name)?, *size, digest)?;
            (!same).then_some(Fault::Content)
        }
    };
    let actual = permissions(&stat);
    let mode = (actual != entry.mode).then_some(Fault::Mode { expected: entry.mode, actual });
    Ok(content.or(mode))
}

/// Whether a file has this content.
pub(crate) fn has_content(file: impl Read, size: u64, digest: &Digest) -> io::Result<bool> {
    let mut hasher = blake3::Hasher::new();
    let mut buffer = buffer_for(size);
    // One byte more than there should be, so that a file that grows is neither read for ever nor taken for the right one.
    let mut file = file.take(size.saturating_add(1));
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hasher.count() == size && Digest::new(*hasher.finalize().as_bytes()) == *digest),
            count => hasher.update(&buffer[..count]),
        };
    }
}

fn find_extra(folder: &Folder, path: &str, tree: &Tree, found: &mut Vec<Difference>) -> io::Result<()> {
    let names = match folder.names() {
        Err(error) if is_altered(&error) => return Ok(()),
        names => names?.collect::<io::Result<BTreeSet<_>>>()?,
    };
    for name in names {
        let shown = String::from_utf8_lossy(&name);
        let path = if path.is_empty() { shown.into_owned() } else { format!("{path}/{shown}") };
        match tree.get(&path) {
            None => found.push(Difference { path, fault: Fault::Extra }),
            Some(Entry { kind: EntryKind::Directory, .. }) => match folder.folder(&name) {
                // Reported already, as a folder that is none or can't be entered.
                Err(error) if is_altered(&error) => {}
                below => find_extra(&below?, &path, tree, found)?,
            },
            Some(_) => {}
        }
    }
    Ok(())
}

//! What is at a path, exactly enough to bring it back.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;

use packhorse_content::EntryPath;
use packhorse_content::stage::Walk;
use packhorse_model::Digest;
use rustix::fs::{FileType, IFlags};
use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::bytes::digest;
use crate::runner::RunAs;

/// What is at a path, or shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum State {
    /// Nothing.
    Nothing,
    /// A folder.
    Folder {
        /// Its permission bits.
        mode: u16,
        /// Whose it is.
        owner: RunAs,
    },
    /// A regular file.
    File {
        /// The digest of its bytes.
        content: Digest,
        /// Its permission bits.
        mode: u16,
        /// Whose it is.
        owner: RunAs,
        /// Its security label, access list and attributes of users: they belong to the place, and whatever comes there takes them over.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        labels: BTreeMap<String, Vec<u8>>,
    },
    /// A symbolic link.
    Link {
        /// What it says.
        target: String,
    },
}

impl State {
    /// Whether the two are the same but for labels, which the system may give by itself.
    #[must_use]
    pub fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::File { content, mode, owner, .. },
                Self::File { content: other_content, mode: other_mode, owner: other_owner, .. },
            ) => content == other_content && mode == other_mode && owner == other_owner,
            _ => self == other,
        }
    }

    /// The bytes of the file, if it is one.
    #[must_use]
    pub fn content(&self) -> Option<Digest> {
        match self {
            Self::File { content, .. } => Some(*content),
            Self::Nothing | Self::Folder { .. } | Self::Link { .. } => None,
        }
    }
}

/// What is at a path. Where a folder on the way is missing, or is none, nothing is.
///
/// # Errors
/// When something is there that cannot be brought back: a device, a pipe, a file that must not be changed. And those of the disk.
pub fn observe(walk: &mut Walk<'_>, path: &EntryPath) -> io::Result<State> {
    let parent = match walk.parent(path) {
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(State::Nothing);
        }
        parent => parent?,
    };
    let Some(stat) = parent.look_up(path.name())? else { return Ok(State::Nothing) };
    let owner = RunAs { uid: stat.st_uid, gid: stat.st_gid };
    let mode = u16::try_from(stat.st_mode & 0o7777).unwrap_or_default();
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::Directory => Ok(State::Folder { mode, owner }),
        FileType::Symlink => {
            let target = String::from_utf8(parent.read_link(path.name())?);
            Ok(State::Link { target: target.map_err(|_| refuse("is a link whose target is not UTF-8"))? })
        }
        FileType::RegularFile => {
            let file = parent.open_file(path.name())?;
            if is_fixed(&file) {
                return Err(refuse("may not be changed (chattr -i)"));
            }
            Ok(State::File { labels: labels(&file)?, content: digest(&file)?, mode, owner })
        }
        _ => Err(refuse("is neither a file, a folder nor a link")),
    }
}

fn refuse(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

fn is_fixed(file: &File) -> bool {
    // Most file systems in memory have no such flags.
    rustix::fs::ioctl_getflags(file).is_ok_and(|flags| flags.intersects(IFlags::IMMUTABLE | IFlags::APPEND))
}

/// Whether an extended attribute stays with the place. What vouches for the content, such as capabilities, does not.
fn is_label(name: &str) -> bool {
    matches!(name, "security.selinux" | "system.posix_acl_access") || name.starts_with("user.")
}

fn labels(file: &File) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut labels = BTreeMap::new();
    let size = match rustix::fs::flistxattr_query(file) {
        Err(Errno::OPNOTSUPP) => return Ok(labels),
        size => size?,
    };
    let mut names = vec![0; size];
    let size = rustix::fs::flistxattr(file, names.as_mut_slice())?;
    names.truncate(size);
    for name in names.split(|byte| *byte == 0).filter_map(|name| std::str::from_utf8(name).ok()) {
        if is_label(name) {
            let mut value = vec![0; rustix::fs::fgetxattr_query(file, name)?];
            let size = rustix::fs::fgetxattr(file, name, value.as_mut_slice())?;
            value.truncate(size);
            labels.insert(name.to_owned(), value);
        }
    }
    Ok(labels)
}

/// Gives a new file the labels of the place to which it goes. What it has by itself already is not set.
pub(super) fn give_labels(file: &File, wanted: &BTreeMap<String, Vec<u8>>) -> io::Result<()> {
    if wanted.is_empty() {
        return Ok(());
    }
    let present = labels(file)?;
    for (name, value) in wanted.iter().filter(|(name, value)| present.get(*name) != Some(value)) {
        rustix::fs::fsetxattr(file, name.as_str(), value, rustix::fs::XattrFlags::empty())?;
    }
    Ok(())
}

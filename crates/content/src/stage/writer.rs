//! Writing a tree into a new folder.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};

use packhorse_model::Digest;
use rustix::fs::{Mode, RawMode};

use super::folder::{Folder, Walk};
use crate::path::EntryPath;
use crate::tree::{Entry, EntryKind, Tree};

/// Content could not be staged. What has been written is still there, and is to be [discarded](super::discard).
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// No such file in the tree.
    #[error("{0:?} is not a file of the version that is being staged")]
    NotInTree(String),
    /// A file that has been written came once more.
    #[error("{0:?} came twice")]
    Twice(EntryPath),
    /// The content has another size than the tree says.
    #[error("{path:?} should have {expected} bytes, and {}", if *.more { "more came" } else { "fewer came" })]
    Size {
        /// The file.
        path: EntryPath,
        /// Its size in the tree.
        expected: u64,
        /// Whether there was more of it, or less.
        more: bool,
    },
    /// The content is not what the tree says.
    #[error("{path:?} should have the content {expected}, and has {actual}")]
    Content {
        /// The file.
        path: EntryPath,
        /// Its digest in the tree.
        expected: Digest,
        /// That of what came.
        actual: Digest,
    },
    /// Not all files came.
    #[error("{count} files are missing, {first:?} the first of them")]
    Missing {
        /// How many.
        count: usize,
        /// The first of them.
        first: EntryPath,
    },
    /// The host could not do it.
    #[error("{path:?} could not be written: {source}")]
    Write {
        /// What was being written.
        path: String,
        /// Why not.
        source: io::Error,
    },
    /// The content could not be had.
    #[error("the content of {path:?} could not be read: {source}")]
    Read {
        /// What was being read.
        path: String,
        /// Why not.
        source: io::Error,
    },
}

impl StageError {
    /// Whether it was the content that was wrong, rather than the host: then another way of getting it may help.
    #[must_use]
    pub fn is_of_content(&self) -> bool {
        !matches!(self, Self::Write { .. } | Self::Read { .. })
    }
}

/// A tree on its way into a new folder.
///
/// Any number of threads can write, each with a [`Hand`] of its own.
#[derive(Debug)]
pub struct Stage {
    tree: Tree,
    root: Folder,
    taken: Vec<AtomicBool>,
    written: Vec<AtomicBool>,
    /// Cleared when the file system turns out not to share blocks between files.
    pub(super) clones: AtomicBool,
}

impl Stage {
    /// Makes the folder `name`, which must not exist, with all folders and links of the tree.
    ///
    /// # Errors
    /// [`StageError::Write`].
    pub fn begin(parent: &Folder, name: &str, tree: Tree) -> Result<Self, StageError> {
        let root = parent.create_folder(name).map_err(write_error(name))?;
        let flags = || tree.iter().map(|_| AtomicBool::new(false)).collect();
        let (taken, written) = (flags(), flags());
        let mut walk = Walk::new(&root);
        for entry in &tree {
            let name = entry.path.name();
            let made = walk.parent(&entry.path).and_then(|folder| match &entry.kind {
                EntryKind::Directory => folder.create_folder(name).map(drop),
                EntryKind::Symlink { target } => folder.create_link(name, target.as_str()),
                EntryKind::File { .. } => Ok(()),
            });
            made.map_err(write_error(entry.path.as_str()))?;
        }
        Ok(Self { tree, root, taken, written, clones: AtomicBool::new(true) })
    }

    /// The tree that is being written.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A way to write files, for one thread.
    #[must_use]
    pub fn hand(&self) -> Hand<'_> {
        Hand { stage: self, walk: Walk::new(&self.root) }
    }

    /// The files that are not there yet.
    pub fn missing(&self) -> impl Iterator<Item = &Entry> {
        let written = self.written.iter().map(|written| written.load(Ordering::Acquire));
        let entries = self.tree.iter().zip(written);
        entries
            .filter(|(entry, written)| matches!(entry.kind, EntryKind::File { .. }) && !written)
            .map(|(entry, _)| entry)
    }

    /// Sets the modes of the folders and makes everything durable. Gives the tree back.
    ///
    /// # Errors
    /// [`StageError::Missing`] and [`StageError::Write`].
    pub fn finish(self) -> Result<Tree, StageError> {
        let mut missing = self.missing();
        if let Some(first) = missing.next() {
            return Err(StageError::Missing { first: first.path.clone(), count: 1 + missing.count() });
        }
        drop(missing);
        // Deepest first: a folder that its owner may not enter must have everything in it by then.
        let mut walk = Walk::new(&self.root);
        for entry in self.tree.iter().rev().filter(|entry| entry.kind == EntryKind::Directory) {
            let set = walk.folder(entry.path.as_str()).and_then(|folder| folder.set_mode(entry.mode));
            set.map_err(write_error(entry.path.as_str()))?;
        }
        self.root.set_mode(0o755).and_then(|()| self.root.sync_file_system()).map_err(write_error("."))?;
        Ok(self.tree)
    }
}

/// One thread's way to write files of a [`Stage`].
#[derive(Debug)]
pub struct Hand<'s> {
    stage: &'s Stage,
    walk: Walk<'s>,
}

impl<'s> Hand<'s> {
    /// Starts the file with this path.
    ///
    /// # Errors
    /// [`StageError::NotInTree`], [`StageError::Twice`], [`StageError::Write`].
    pub fn create(&mut self, path: &str) -> Result<FileWriter<'s>, StageError> {
        let at = self.stage.tree.index_of(path).ok_or_else(|| StageError::NotInTree(path.to_owned()))?;
        self.create_at(at)
    }

    /// Starts the file that stands at this place in the tree.
    pub(crate) fn create_at(&mut self, at: usize) -> Result<FileWriter<'s>, StageError> {
        let stage = self.stage;
        let entry = stage.tree.entries().get(at).ok_or_else(|| StageError::NotInTree(format!("entry {at}")))?;
        let EntryKind::File { size, digest } = entry.kind else {
            return Err(StageError::NotInTree(entry.path.to_string()));
        };
        if stage.taken[at].swap(true, Ordering::AcqRel) {
            return Err(StageError::Twice(entry.path.clone()));
        }
        let folder = self.walk.parent(&entry.path).map_err(write_error(entry.path.as_str()))?;
        let file = folder.create_file(entry.path.name()).map_err(write_error(entry.path.as_str()))?;
        Ok(FileWriter { stage, at, entry, size, digest, file, hasher: blake3::Hasher::new(), received: 0 })
    }

    /// Writes one file whole. If that fails, nothing of it is left, and it can come again.
    ///
    /// # Errors
    /// Any of [`StageError`].
    pub fn put(&mut self, path: &str, content: impl Read) -> Result<(), StageError> {
        let mut file = self.create(path)?;
        let at = file.at;
        let put = file.fill(content).and_then(|()| file.finish());
        if put.is_err() {
            self.retract(at)?;
        }
        put
    }

    /// Opens a file that has been written.
    pub(crate) fn reopen(&mut self, at: usize) -> io::Result<File> {
        let path = &self.stage.tree.entries()[at].path;
        self.walk.parent(path)?.open_file(path.name())
    }

    /// Takes back a file that turned out wrong, so that it can come again another way.
    pub(crate) fn retract(&mut self, at: usize) -> Result<(), StageError> {
        let entry = &self.stage.tree.entries()[at];
        let removed = self.walk.parent(&entry.path).and_then(|folder| folder.remove_file(entry.path.name()));
        removed.map_err(write_error(entry.path.as_str()))?;
        self.stage.written[at].store(false, Ordering::Release);
        self.stage.taken[at].store(false, Ordering::Release);
        Ok(())
    }
}

/// A file that is being written.
#[derive(Debug)]
pub struct FileWriter<'s> {
    pub(super) stage: &'s Stage,
    at: usize,
    pub(super) entry: &'s Entry,
    pub(super) size: u64,
    digest: Digest,
    pub(super) file: File,
    hasher: blake3::Hasher,
    received: u64,
}

impl FileWriter<'_> {
    /// Appends bytes.
    ///
    /// # Errors
    /// [`StageError::Size`] before more is written than the tree allows, and [`StageError::Write`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StageError> {
        self.check(bytes)?;
        self.file.write_all(bytes).map_err(write_error(self.entry.path.as_str()))
    }

    /// Takes bytes into account that are in the file already.
    pub(super) fn check(&mut self, bytes: &[u8]) -> Result<(), StageError> {
        self.received = self.received.saturating_add(bytes.len() as u64);
        if self.received > self.size {
            return Err(StageError::Size { path: self.entry.path.clone(), expected: self.size, more: true });
        }
        self.hasher.update(bytes);
        Ok(())
    }

    /// Appends all that `content` gives.
    ///
    /// # Errors
    /// As [`FileWriter::write`], and [`StageError::Read`].
    pub fn fill(&mut self, mut content: impl Read) -> Result<(), StageError> {
        let mut buffer = super::copy::buffer_for(self.size);
        loop {
            match content.read(&mut buffer).map_err(read_error(self.entry.path.as_str()))? {
                0 => return Ok(()),
                count => self.write(&buffer[..count])?,
            }
        }
    }

    /// Checks what was written, and gives the file its mode.
    ///
    /// # Errors
    /// [`StageError::Size`], [`StageError::Content`], [`StageError::Write`].
    pub fn finish(self) -> Result<(), StageError> {
        let path = &self.entry.path;
        if self.received != self.size {
            return Err(StageError::Size { path: path.clone(), expected: self.size, more: false });
        }
        let actual = Digest::new(*self.hasher.finalize().as_bytes());
        if actual != self.digest {
            return Err(StageError::Content { path: path.clone(), expected: self.digest, actual });
        }
        let mode = Mode::from_raw_mode(RawMode::from(self.entry.mode));
        rustix::fs::fchmod(self.file.as_fd(), mode).map_err(|error| write_error(path.as_str())(error.into()))?;
        self.stage.written[self.at].store(true, Ordering::Release);
        Ok(())
    }
}

pub(crate) fn write_error(path: &str) -> impl FnOnce(io::Error) -> StageError {
    move |source| StageError::Write { path: path.to_owned(), source }
}

pub(crate) fn read_error(path: &str) -> impl FnOnce(io::Error) -> StageError {
    move |source| StageError::Read { path: path.to_owned(), source }
}

//! Making new files out of the operations of a delta and the old files.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::DeltaError;
use super::block::Block;
use super::input::wrong;
use super::ops::Op;
use crate::stage::{FileWriter, Folder, Hand, Walk, has_content};
use crate::tree::{EntryKind, Tree};

/// How much of an old file is read at a time.
const PIECE: usize = 256 * 1024;

/// The old tree as it lies on the host.
pub(super) struct Installed<'a> {
    old: &'a Tree,
    walk: Walk<'a>,
}

impl<'a> Installed<'a> {
    pub(super) fn new(old: &'a Tree, folder: &'a Folder) -> Self {
        Self { old, walk: Walk::new(folder) }
    }

    pub(super) fn open(&mut self, at: usize) -> io::Result<File> {
        let path = &self.old.entries()[at].path;
        self.walk.parent(path)?.open_file(path.name())
    }

    pub(super) fn source(&mut self, entry: u64) -> io::Result<Source> {
        let at = usize::try_from(entry).ok().filter(|at| *at < self.old.entries().len());
        let at = at.ok_or_else(|| wrong("it builds on an entry that the old tree lacks"))?;
        Ok(Source { entry: Some(at), file: self.open(at).ok(), position: 0 })
    }

    pub(super) fn is_altered(&mut self, at: usize) -> Result<bool, DeltaError> {
        let EntryKind::File { size, digest } = self.old.entries()[at].kind else {
            return Err(wrong("it builds on an entry that is no file").into());
        };
        Ok(!self.open(at).and_then(|file| has_content(file, size, &digest)).unwrap_or(false))
    }
}

/// The old file that operations build on.
#[derive(Default)]
pub(super) struct Source {
    entry: Option<usize>,
    /// Missing if it could not be opened, since somebody altered it.
    file: Option<File>,
    position: u64,
}

/// A new file that is being made.
pub(super) struct Making<'a> {
    pub(super) at: usize,
    pub(super) left: u64,
    /// Taken away when an old file turns out unusable; the operations are then gone through without effect.
    pub(super) writer: Option<FileWriter<'a>>,
    /// The old files that it was made of.
    pub(super) sources: BTreeSet<usize>,
    buffer: Vec<u8>,
}

impl<'a> Making<'a> {
    pub(super) fn begin(at: usize, new: &Tree, hand: &mut Hand<'a>) -> Result<Self, DeltaError> {
        let left = match new.entries()[at].kind {
            EntryKind::File { size, .. } => size,
            EntryKind::Directory | EntryKind::Symlink { .. } => 0,
        };
        Ok(Self { at, left, writer: Some(hand.create_at(at)?), sources: BTreeSet::new(), buffer: Vec::new() })
    }

    pub(super) fn perform(&mut self, op: Op, block: &mut Block, source: &mut Source) -> Result<(), DeltaError> {
        let (length, seek) = match op {
            Op::Literal { length } => (length, None),
            Op::Copy { length, seek } | Op::Add { length, seek } => (length, Some(seek)),
            Op::Source { .. } => return Ok(()),
        };
        self.left = self.left.checked_sub(length).ok_or_else(|| wrong("an operation goes over the end of its file"))?;
        if let Some(seek) = seek {
            let moved = source.position.checked_add_signed(seek).filter(|at| at.checked_add(length).is_some());
            source.position = moved.ok_or_else(|| wrong("an operation reads before the beginning of the old file"))?;
            self.sources.insert(source.entry.ok_or_else(|| wrong("an operation has no old file"))?);
        }
        match op {
            Op::Literal { .. } => {
                let bytes = block.literals(length)?;
                if let Some(writer) = &mut self.writer {
                    writer.write(bytes)?;
                }
            }
            Op::Copy { .. } => self.write_from(source, length, |_| {})?,
            Op::Add { .. } => {
                let mut differences = block.adds(length)?;
                self.write_from(source, length, |bytes| {
                    let (now, later) = differences.split_at(bytes.len());
                    differences = later;
                    bytes.iter_mut().zip(now).for_each(|(byte, difference)| *byte = byte.wrapping_add(*difference));
                })?;
            }
            Op::Source { .. } => {}
        }
        Ok(())
    }

    /// Appends bytes of the old file, changed on their way.
    fn write_from(
        &mut self,
        source: &mut Source,
        length: u64,
        mut change: impl FnMut(&mut [u8]),
    ) -> Result<(), DeltaError> {
        let start = source.position;
        source.position = start.saturating_add(length);
        self.buffer.resize(PIECE, 0);
        let mut done = 0;
        while done < length {
            let Some(writer) = &mut self.writer else { return Ok(()) };
            let wanted = usize::try_from(length - done).map_or(PIECE, |left| left.min(PIECE));
            let piece = &mut self.buffer[..wanted];
            let read = source.file.as_ref().map(|file| file.read_exact_at(piece, start.saturating_add(done)));
            if !matches!(read, Some(Ok(()))) {
                self.writer = None;
                return Ok(());
            }
            change(piece);
            writer.write(piece)?;
            done += wanted as u64;
        }
        Ok(())
    }
}

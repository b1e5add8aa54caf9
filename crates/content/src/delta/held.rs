//! Taking over what is on the host already.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::DeltaError;
use super::apply::Site;
use super::list;
use crate::stage::{Folder, Stage, StageError};
use crate::tree::{EntryKind, Tree};

/// How many threads take files over. More would finish sooner, and would be felt by what runs on the host.
const THREADS: usize = 2;
/// How many neighbouring files a thread takes at once.
const BATCH: usize = 16;

/// A new file whose content is held already.
struct Held {
    at: usize,
    /// The old file that has it; none if it is empty.
    from: Option<usize>,
}

/// The files whose content the old tree has, if possible at the same path, and the empty ones.
fn held_files(old: &Tree, new: &Tree) -> Vec<Held> {
    let contents = list::by_content(old);
    let held = new.iter().enumerate().filter_map(|(at, entry)| match entry.kind {
        EntryKind::File { size: 0, .. } => Some(Held { at, from: None }),
        EntryKind::File { size, digest } => {
            let first = *contents.get(&(size, digest))?;
            let same_path = old.index_of(entry.path.as_str()).filter(|at| old.entries()[*at].kind == entry.kind);
            Some(Held { at, from: Some(same_path.unwrap_or(first)) })
        }
        EntryKind::Directory | EntryKind::Symlink { .. } => None,
    });
    held.collect()
}

/// Takes over what the old tree has, on several threads. Gives the files for which an old one was altered.
pub(super) fn take_held_files(
    old: &Tree,
    new: &Tree,
    installed: &Folder,
    stage: &Stage,
) -> Result<BTreeSet<usize>, DeltaError> {
    let held = held_files(old, new);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut site = Site::new(old, new, installed, stage);
        site.take_held(&held, &next)?;
        Ok(site.needed)
    };
    thread::scope(|scope| {
        let others: Vec<_> = (1..THREADS).map(|_| scope.spawn(take)).collect();
        let mut needed = take();
        for other in others {
            let theirs = other.join().unwrap_or_else(|panic| resume_unwind(panic));
            needed = needed.and_then(|mut needed| {
                needed.extend(theirs?);
                Ok(needed)
            });
        }
        needed
    })
}

impl Site<'_> {
    /// Makes the empty files, and takes over those of which this thread gets hold, until none is left.
    fn take_held(&mut self, held: &[Held], next: &AtomicUsize) -> Result<(), DeltaError> {
        while let Some(batch) = held.get(next.fetch_add(BATCH, Ordering::Relaxed)..) {
            for Held { at, from } in batch.iter().take(BATCH) {
                match from {
                    None => self.hand.create_at(*at)?.finish()?,
                    Some(from) => {
                        let file = self.installed.open(*from);
                        self.take_over(*at, file)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Takes over the files whose content came with another new file.
    pub(super) fn take_repeated_files(&mut self) -> Result<(), DeltaError> {
        let held = list::by_content(self.old);
        let first = list::by_content(self.new);
        for (at, entry) in self.new.iter().enumerate() {
            let EntryKind::File { size: size @ 1.., digest } = entry.kind else { continue };
            let content = (size, digest);
            match first.get(&content) {
                Some(first) if *first != at && !held.contains_key(&content) => {
                    let file = self.hand.reopen(*first);
                    self.take_over(at, file)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes over a whole file; that it can't be, for what is there, is no error.
    fn take_over(&mut self, at: usize, from: io::Result<File>) -> Result<(), DeltaError> {
        let Ok(from) = from else {
            self.needed.insert(at);
            return Ok(());
        };
        let mut writer = self.hand.create_at(at)?;
        match writer.take_over(&from).and_then(|_| writer.finish()) {
            Err(StageError::Write { path, source }) => Err(StageError::Write { path, source }.into()),
            Err(_) => self.give_up(at),
            Ok(()) => Ok(()),
        }
    }
}

//! Building the new tree from the delta and from what is installed.

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read};

use packhorse_model::Digest;

use super::block::Block;
use super::held::take_held_files;
use super::input::{Input, wrong};
use super::making::{Installed, Making, Source};
use super::ops::Op;
use super::pair::fresh_files;
use super::{MAGIC, WINDOW_LOG, list};
use crate::path::EntryPath;
use crate::stage::{Folder, Hand, Stage, StageError};
use crate::tree::Tree;

/// A delta could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum DeltaError {
    /// The stream broke off, or is no delta, or is damaged. Getting it again may help, and the full transfer will.
    #[error("the delta could not be read: {0}")]
    Transfer(#[from] io::Error),
    /// It is whole, and for other trees.
    #[error("the delta leads from {from} to {to}, which is not what was asked for")]
    OtherTrees {
        /// The tree that it starts from.
        from: Digest,
        /// The tree that it makes.
        to: Digest,
    },
    /// It gives other content than its own list says, though all old files are as they should be.
    #[error("the delta is damaged: it gives wrong content for {0:?}")]
    Damaged(EntryPath),
    /// A file could not be written.
    #[error(transparent)]
    Stage(#[from] StageError),
}

pub(super) type Frame<R> = Input<BufReader<zstd::Decoder<'static, BufReader<R>>>>;

/// A delta whose list has been read and checked: it is known what it makes.
pub struct Delta<'t, R: Read> {
    old: &'t Tree,
    new: Tree,
    frame: Frame<R>,
}

impl<'t, R: Read> Delta<'t, R> {
    /// Reads the beginning of a delta that leads from `old` to the tree with the digest `to`.
    ///
    /// # Errors
    /// [`DeltaError::Transfer`] and [`DeltaError::OtherTrees`].
    pub fn open(transfer: R, old: &'t Tree, to: &Digest) -> Result<Self, DeltaError> {
        let mut head = Input::new(transfer);
        let mut magic = Vec::new();
        head.fill(&mut magic, MAGIC.len())?;
        if magic != MAGIC {
            return Err(wrong("it does not begin as one that this version can read").into());
        }
        let asked = (old.digest(), *to);
        let (from, to) = (head.digest()?, head.digest()?);
        if (from, to) != asked {
            return Err(DeltaError::OtherTrees { from, to });
        }
        let mut decoder = zstd::Decoder::new(head.into_inner())?.single_frame();
        decoder.window_log_max(WINDOW_LOG)?;
        let mut frame = Input::new(BufReader::with_capacity(64 * 1024, decoder));
        let new = list::read(old, &mut frame)?;
        if new.digest() != to {
            return Err(wrong("its list is not that of the tree that it names").into());
        }
        Ok(Self { old, new, frame })
    }

    /// The tree that it makes.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.new
    }

    /// Builds the new tree's files in a stage that was begun for [`Delta::tree`], out of the old tree in `installed`.
    ///
    /// Gives the paths of those files for which an old one would be needed that was altered by hand. Once these have been
    /// [put](crate::stage::Hand::put) into the stage from elsewhere, it is complete.
    ///
    /// # Errors
    /// [`DeltaError`]; the stage is then to be dropped and discarded.
    pub fn apply(mut self, installed: &Folder, stage: &Stage) -> Result<Vec<EntryPath>, DeltaError> {
        if *stage.tree() != self.new {
            return Err(wrong("the stage is for another tree").into());
        }
        let mut site = Site::new(self.old, &self.new, installed, stage);
        site.needed = take_held_files(self.old, &self.new, installed, stage)?;
        site.make_fresh_files(&mut self.frame)?;
        site.take_repeated_files()?;
        let needed = site.needed.into_iter().map(|at| self.new.entries()[at].path.clone()).collect();
        // Reading to the end is what checks the frame's checksum.
        self.frame.end()?;
        let decoder = self.frame.into_inner().into_inner();
        Input::new(decoder.finish()).end()?;
        Ok(needed)
    }
}

/// Where a delta is being applied.
pub(super) struct Site<'a> {
    pub(super) old: &'a Tree,
    pub(super) new: &'a Tree,
    pub(super) installed: Installed<'a>,
    pub(super) hand: Hand<'a>,
    /// Places in the new tree of files that could not be made.
    pub(super) needed: BTreeSet<usize>,
}

impl<'a> Site<'a> {
    pub(super) fn new(old: &'a Tree, new: &'a Tree, installed: &'a Folder, stage: &'a Stage) -> Self {
        let installed = Installed::new(old, installed);
        Self { old, new, installed, hand: stage.hand(), needed: BTreeSet::new() }
    }

    pub(super) fn give_up(&mut self, at: usize) -> Result<(), DeltaError> {
        self.needed.insert(at);
        Ok(self.hand.retract(at)?)
    }

    /// Makes the files whose content the old tree lacks by the operations of the delta.
    fn make_fresh_files<R: Read>(&mut self, frame: &mut Frame<R>) -> Result<(), DeltaError> {
        let mut waiting = fresh_files(self.old, self.new).into_iter();
        let mut making: Option<Making<'a>> = None;
        let mut source = Source::default();
        let mut block = Block::default();
        while block.read(frame)? {
            while let Some(op) = block.next()? {
                if let Op::Source { entry } = op {
                    source = self.installed.source(entry)?;
                    continue;
                }
                let file = match &mut making {
                    Some(file) => file,
                    None => {
                        let at = waiting.next().ok_or_else(|| wrong("it has more content than files"))?;
                        making.insert(Making::begin(at, self.new, &mut self.hand)?)
                    }
                };
                file.perform(op, &mut block, &mut source)?;
                if file.left == 0
                    && let Some(file) = making.take()
                {
                    self.finish(file)?;
                }
            }
            block.end()?;
        }
        if making.is_some() || waiting.next().is_some() {
            Err(wrong("it has less content than files").into())
        } else {
            Ok(())
        }
    }

    fn finish(&mut self, file: Making<'a>) -> Result<(), DeltaError> {
        let Some(writer) = file.writer else { return self.give_up(file.at) };
        match writer.finish() {
            Err(StageError::Content { path, .. }) => {
                for from in file.sources {
                    if self.installed.is_altered(from)? {
                        return self.give_up(file.at);
                    }
                }
                Err(DeltaError::Damaged(path))
            }
            finished => Ok(finished?),
        }
    }
}

//! Cuts files and hands on the segments that are not stored yet.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::mpsc::SyncSender;

use packhorse_model::Digest;

use super::{SegmentIndex, StoredFile};
use crate::codec::digest_of;
use crate::segment::cut::{Cutter, Density, SMALL};
use crate::segment::{FileRef, MAX_INLINE, Recipe, Segment};

/// A batch is closed at so many bytes or segments, so that the index is asked in bulk.
const BATCH_BYTES: usize = 1 << 20;
const BATCH_SEGMENTS: usize = 4096;

/// Segments that are not stored yet, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) bytes: Vec<u8>,
    pub(super) segments: Vec<(Segment, Density)>,
}

/// What the packer is told.
#[derive(Debug)]
pub(super) enum ToPack {
    Batch(Batch),
    /// All is there: what has been packed is wanted. Without this word it is not.
    End,
}

/// Why no more can be stored.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The index could not be asked.
    Index(io::Error),
    /// Whoever writes packs has stopped; it knows why.
    Writer,
}

/// Takes segments, and rows of files.
pub(super) struct Storer<'a> {
    index: &'a dyn SegmentIndex,
    out: SyncSender<ToPack>,
    batch: Batch,
    seen: HashSet<Digest>,
    files: HashMap<Digest, StoredFile>,
    stopped: Option<Stopped>,
    new_bytes: u64,
    /// Segments that were stored already.
    reused: Vec<Digest>,
}

/// What the storer has seen.
pub(super) struct Seen {
    pub(super) files: Vec<StoredFile>,
    pub(super) new_bytes: u64,
    pub(super) reused: Vec<Digest>,
}

impl<'a> Storer<'a> {
    pub(super) fn new(index: &'a dyn SegmentIndex, out: SyncSender<ToPack>) -> Self {
        Self {
            index,
            out,
            batch: Batch::default(),
            seen: HashSet::new(),
            files: HashMap::new(),
            stopped: None,
            new_bytes: 0,
            reused: Vec::new(),
        }
    }

    /// Stores a file that is at hand whole, cut as any other.
    pub(super) fn file(&mut self, bytes: &[u8]) -> io::Result<FileRef> {
        let mut file = FileCutter::default();
        file.push(self, bytes)?;
        file.finish(self)
    }

    /// Sends what is left, and gives what was seen.
    pub(super) fn finish(mut self) -> Result<Seen, Stopped> {
        // Why it failed is in `stopped`, where the callers of all other methods leave it, too.
        let flushed = self.flush().and_then(|()| self.out.send(ToPack::End).map_err(|_| self.stop(Stopped::Writer)));
        match (self.stopped, flushed) {
            (Some(stopped), _) => Err(stopped),
            (None, Err(error)) => Err(Stopped::Index(error)),
            (None, Ok(())) => {
                Ok(Seen { files: self.files.into_values().collect(), new_bytes: self.new_bytes, reused: self.reused })
            }
        }
    }

    /// Why storing has failed, if it has.
    pub(super) fn stopped(self) -> Option<Stopped> {
        self.stopped
    }

    fn segment(&mut self, bytes: &[u8], density: Density) -> io::Result<Segment> {
        let segment = Segment::of(bytes)?;
        if self.seen.insert(segment.digest) {
            self.batch.bytes.extend_from_slice(bytes);
            self.batch.segments.push((segment, density));
            if self.batch.bytes.len() >= BATCH_BYTES || self.batch.segments.len() >= BATCH_SEGMENTS {
                self.flush()?;
            }
        }
        Ok(segment)
    }

    /// Asks the index what is missing, and hands that on.
    fn flush(&mut self) -> io::Result<()> {
        if self.batch.segments.is_empty() {
            return Ok(());
        }
        let mut batch = std::mem::take(&mut self.batch);
        let digests: Vec<Digest> = batch.segments.iter().map(|(segment, _)| segment.digest).collect();
        let missing = match self.index.missing(&digests) {
            Ok(missing) if missing.len() == digests.len() => missing,
            Ok(_) => {
                return Err(self.stop(Stopped::Index(io::Error::other("the index did not answer for each segment"))));
            }
            Err(error) => return Err(self.stop(Stopped::Index(error))),
        };
        self.reused.extend(digests.iter().zip(&missing).filter(|(_, missing)| !**missing).map(|(digest, _)| *digest));
        keep(&mut batch, &missing);
        if batch.segments.is_empty() {
            return Ok(());
        }
        self.new_bytes += batch.bytes.len() as u64;
        self.out.send(ToPack::Batch(batch)).map_err(|_| self.stop(Stopped::Writer))
    }

    /// Notes why; the error only ends the reading.
    fn stop(&mut self, why: Stopped) -> io::Error {
        self.stopped = Some(why);
        io::Error::other("storing has stopped")
    }
}

/// Keeps the segments that are marked, and their bytes.
fn keep(batch: &mut Batch, marks: &[bool]) {
    if marks.iter().all(|mark| *mark) {
        return;
    }
    let (mut from, mut to) = (0, 0);
    for ((segment, _), mark) in batch.segments.iter().zip(marks) {
        let len = segment.len as usize;
        if *mark {
            batch.bytes.copy_within(from..from + len, to);
            to += len;
        }
        from += len;
    }
    batch.bytes.truncate(to);
    let mut marks = marks.iter();
    batch.segments.retain(|_| marks.next().copied().unwrap_or_default());
}

/// Cuts one file after the other.
pub(super) struct FileCutter {
    cutter: Cutter,
    hasher: blake3::Hasher,
    /// Whether the file is so small that it is one segment, whose digest is the file's.
    is_small: bool,
    recipe: Recipe,
}

impl Default for FileCutter {
    fn default() -> Self {
        Self { cutter: Cutter::new(), hasher: blake3::Hasher::new(), is_small: false, recipe: Recipe::default() }
    }
}

impl FileCutter {
    /// A file of this size begins. Need not be called for a file of unknown size.
    pub(super) fn begin(&mut self, size: u64) {
        self.is_small = size <= SMALL as u64;
    }

    pub(super) fn push(&mut self, storer: &mut Storer<'_>, bytes: &[u8]) -> io::Result<()> {
        if !self.is_small {
            self.hasher.update(bytes);
        }
        let recipe = &mut self.recipe;
        self.cutter.push(bytes, |bytes, density| add(recipe, storer, bytes, density))
    }

    /// The file is complete: stores its recipe, if it needs one, and notes it.
    pub(super) fn finish(&mut self, storer: &mut Storer<'_>) -> io::Result<FileRef> {
        let recipe = &mut self.recipe;
        self.cutter.finish(|bytes, density| add(recipe, storer, bytes, density))?;
        let recipe = std::mem::take(recipe);
        let digest = match recipe.segments() {
            [] => digest_of(b""),
            [only] => only.digest,
            _ => Digest::new(*self.hasher.finalize().as_bytes()),
        };
        self.hasher.reset();
        self.is_small = false;
        let file = FileRef { digest, size: recipe.size() };
        if !storer.files.contains_key(&digest) {
            let recipe = if recipe.must_be_stored() {
                Some(storer.segment(&recipe.to_bytes(), Density::Unknown)?.digest)
            } else {
                // Without a recipe there is nothing that it could be inline in.
                recipe.inline(0).map(|bytes| storer.segment(bytes, Density::Unknown)).transpose()?;
                None
            };
            storer.files.insert(digest, StoredFile { file, recipe });
        }
        Ok(file)
    }
}

/// Adds a segment to a recipe: itself, if it is short, else its digest.
fn add(recipe: &mut Recipe, storer: &mut Storer<'_>, bytes: &[u8], density: Density) -> io::Result<()> {
    if bytes.len() <= MAX_INLINE {
        recipe.push_inline(bytes)?;
    } else {
        recipe.push(storer.segment(bytes, density)?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_is_marked() {
        let segment = |bytes: &[u8]| (Segment::of(bytes).unwrap(), Density::Unknown);
        let batch =
            || Batch { bytes: b"aabccc".to_vec(), segments: vec![segment(b"aa"), segment(b"b"), segment(b"ccc")] };
        for (marks, left, count) in [
            ([true, false, true], "aaccc", 2),
            ([false; 3], "", 0),
            ([true; 3], "aabccc", 3),
            ([false, true, false], "b", 1),
        ] {
            let mut batch = batch();
            keep(&mut batch, &marks);
            assert_eq!((batch.bytes.as_slice(), batch.segments.len()), (left.as_bytes(), count));
        }
    }
}

//! Making a delta from stored content.

use std::io::{self, Write};

use packhorse_model::Digest;

use super::body::Body;
use super::pair::{Fresh, pair};
use super::rest::Rest;
use super::shared::{Run, removed, runs};
use super::window::Window;
use super::{MAGIC, WINDOW_LOG, list};
use crate::source::ContentSource;
use crate::tree::{EntryKind, Tree};

/// The level of compression.
const LEVEL: i32 = 9;

/// How much content is in memory while a delta is made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// New content is looked at in pieces of so many bytes.
    pub(super) piece: usize,
    /// Old content is searched so many bytes at a time.
    pub(super) window: u64,
}

const BOUNDS: Bounds = Bounds { piece: 16 << 20, window: 32 << 20 };

/// What a delta consists of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeltaSummary {
    /// Contents that the old tree lacks.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, bytes that come from old files as they are.
    pub copied: u64,
    /// Bytes that come from old files with differences.
    pub added: u64,
    /// Bytes that are sent.
    pub literal: u64,
    /// The size of the delta.
    pub size: u64,
}

/// Writes the delta from the tree `old` to the tree `new`.
///
/// # Errors
/// Those of the source and of `out`. What has been written by then is no valid delta.
pub fn make_delta(old: &Tree, new: &Tree, source: &dyn ContentSource, out: impl Write) -> io::Result<DeltaSummary> {
    make_within(BOUNDS, old, new, source, out)
}

pub(super) fn make_within(
    bounds: Bounds,
    old: &Tree,
    new: &Tree,
    source: &dyn ContentSource,
    out: impl Write,
) -> io::Result<DeltaSummary> {
    let mut out = Counted { out, count: 0 };
    out.write_all(MAGIC)?;
    out.write_all(old.digest().as_bytes())?;
    out.write_all(new.digest().as_bytes())?;
    let mut encoder = zstd::Encoder::new(out, LEVEL)?;
    encoder.include_checksum(true)?;
    encoder.window_log(WINDOW_LOG)?;
    let mut bytes = Vec::new();
    list::write(old, new, &mut bytes);
    encoder.write_all(&bytes)?;
    drop(bytes);

    let mut maker =
        Maker { source, old, piece: bounds.piece, rest: Rest::new(bounds.window), body: Body::new(encoder) };
    for fresh in pair(old, new) {
        maker.file(fresh, new)?;
    }
    let (mut encoder, mut summary) = maker.body.finish()?;
    encoder.write_all(&[0])?;
    let mut out = encoder.finish()?;
    out.flush()?;
    summary.size = out.count;
    Ok(summary)
}

struct Maker<'s, W: Write> {
    source: &'s dyn ContentSource,
    old: &'s Tree,
    piece: usize,
    rest: Rest,
    body: Body<W>,
}

impl<W: Write> Maker<'_, W> {
    fn file(&mut self, fresh: Fresh, new: &Tree) -> io::Result<()> {
        let Some((size, digest)) = content(new, fresh.at) else { return Ok(()) };
        let mut new = Window::new(self.source, self.source.recipe(digest, size)?);
        self.body.summary.files += 1;
        self.body.summary.bytes += new.size();
        match fresh.like.and_then(|at| Some((at, content(self.old, at)?))) {
            Some((at, (size, digest))) => {
                let mut old = Window::new(self.source, self.source.recipe(digest, size)?);
                self.body.source(at);
                self.against(&mut new, &mut old)?;
            }
            None => self.alone(&mut new)?,
        }
        self.body.end_operation();
        Ok(())
    }

    /// A file that is like no other.
    fn alone(&mut self, new: &mut Window<'_>) -> io::Result<()> {
        for at in (0..new.size()).step_by(self.piece) {
            self.body.literal(new.read(at..at + self.piece as u64)?)?;
        }
        Ok(())
    }

    /// A file that is like an old one.
    fn against(&mut self, new: &mut Window<'_>, old: &mut Window<'_>) -> io::Result<()> {
        self.rest.reset(removed(old, new));
        let runs = runs(new, old);
        for (number, run) in runs.iter().enumerate() {
            match run.old {
                Some(at) => self.body.copy(at, run.length)?,
                None => {
                    let before = number.checked_sub(1).and_then(|before| runs[before].old_end()).unwrap_or(0);
                    let behind = runs.get(number + 1).and_then(|next| next.old).unwrap_or(old.size());
                    self.search(run, new, old, before, behind)?;
                }
            }
        }
        Ok(())
    }

    /// Makes a run out of what is left of the old file.
    fn search(
        &mut self,
        run: &Run,
        new: &mut Window<'_>,
        old: &mut Window<'_>,
        before: u64,
        behind: u64,
    ) -> io::Result<()> {
        let end = run.new + run.length;
        let mut expected = before;
        for at in (run.new..end).step_by(self.piece) {
            let length = (end - at).min(self.piece as u64);
            self.rest.load(old, expected, length)?;
            let bytes = new.read(at..at + length)?;
            let before = (at == run.new).then_some(before);
            let behind = (at + length == end).then_some(behind);
            let mut done = 0;
            expected += length;
            for laid in self.rest.laid_over(bytes, before, behind) {
                self.body.literal(&bytes[done..laid.new])?;
                done = laid.new + laid.old.len();
                self.body.laid_over(laid.from, laid.old, &bytes[laid.new..done])?;
                expected = laid.from + laid.old.len() as u64;
            }
            self.body.literal(&bytes[done..])?;
        }
        Ok(())
    }
}

fn content(tree: &Tree, at: usize) -> Option<(u64, &Digest)> {
    match &tree.entries().get(at)?.kind {
        EntryKind::File { size, digest } => Some((*size, digest)),
        _ => None,
    }
}

struct Counted<W> {
    out: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

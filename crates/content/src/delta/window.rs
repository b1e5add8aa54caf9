//! Reading ranges of a stored file, of which no more than a window is in memory.

use std::io;
use std::ops::Range;

use crate::segment::{Recipe, Segment};
use crate::source::ContentSource;

/// A stored file that is read by ranges, mostly one behind the other.
pub(super) struct Window<'s> {
    source: &'s dyn ContentSource,
    recipe: Recipe,
    /// Where each segment begins, and where the file ends.
    starts: Vec<u64>,
    /// What is in memory: whole segments, from this place of the file on.
    start: u64,
    bytes: Vec<u8>,
}

impl<'s> Window<'s> {
    pub(super) fn new(source: &'s dyn ContentSource, recipe: Recipe) -> Self {
        let mut starts = vec![0];
        let mut end = 0;
        starts.extend(recipe.segments().iter().map(|segment| {
            end += u64::from(segment.len);
            end
        }));
        Self { source, recipe, starts, start: 0, bytes: Vec::new() }
    }

    pub(super) fn segments(&self) -> &[Segment] {
        self.recipe.segments()
    }

    /// Where the segment with this number begins; for the number behind the last, where the file ends.
    pub(super) fn start_of(&self, number: usize) -> u64 {
        self.starts.get(number).copied().unwrap_or_else(|| self.size())
    }

    pub(super) fn size(&self) -> u64 {
        self.starts.last().copied().unwrap_or(0)
    }

    /// The bytes of a range, which is cut to what the file has. What came before it is forgotten.
    pub(super) fn read(&mut self, range: Range<u64>) -> io::Result<&[u8]> {
        let end = range.end.min(self.size());
        let start = range.start.min(end);
        let first = self.starts.partition_point(|at| *at <= start).saturating_sub(1);
        let have_end = self.start + self.bytes.len() as u64;
        if start < self.start || start > have_end {
            self.bytes.clear();
            self.start = self.start_of(first);
        } else {
            let forgotten = self.start_of(first).max(self.start) - self.start;
            self.bytes.drain(..index(forgotten)?);
            self.start += forgotten;
        }
        loop {
            let have_end = self.start + self.bytes.len() as u64;
            if have_end >= end {
                return Ok(&self.bytes[index(start - self.start)?..index(end - self.start)?]);
            }
            let number = self.starts.partition_point(|at| *at <= have_end).saturating_sub(1);
            let bytes = self.source.piece(&self.recipe, number)?;
            if self.recipe.segments().get(number).is_none_or(|segment| bytes.len() != segment.len as usize) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a segment has not the length of its recipe"));
            }
            self.bytes.extend_from_slice(&bytes);
        }
    }
}

fn index(place: u64) -> io::Result<usize> {
    usize::try_from(place).map_err(io::Error::other)
}

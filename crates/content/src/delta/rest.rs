//! What of an old file no segment of the new one is, as one run of bytes in which new content is searched.

use std::io;
use std::ops::Range;

use super::anchor::{Anchors, Match, best_split, extend, extend_back};
use super::window::Window;

/// So much is read at a time.
const PIECE: usize = 1 << 20;
/// How often, on average, a byte is loaded at most. Content that keeps its order takes two times; content that was shuffled is then
/// searched in what happens to be loaded, since it would take for ever to follow it.
const LOADS: u64 = 4;

/// The rest of an old file.
///
/// A *place* is an index into it, as if its ranges lay one behind the other.
pub(super) struct Rest {
    /// How much of it is in memory at most.
    window: u64,
    /// Ranges of the old file, ascending.
    ranges: Vec<Range<u64>>,
    /// The place at which each range begins, and the end.
    places: Vec<u64>,
    /// The places that are in memory, and indexed.
    loaded: Range<u64>,
    bytes: Vec<u8>,
    anchors: Anchors,
    /// How many bytes may still be loaded.
    budget: u64,
}

/// New bytes that lie over old ones.
pub(super) struct Laid<'r> {
    /// Where they begin among the new ones.
    pub(super) new: usize,
    /// Where in the old file.
    pub(super) from: u64,
    /// What is there.
    pub(super) old: &'r [u8],
}

impl Rest {
    pub(super) fn new(window: u64) -> Self {
        Self {
            window,
            ranges: Vec::new(),
            places: vec![0],
            loaded: 0..0,
            bytes: Vec::new(),
            anchors: Anchors::new(),
            budget: 0,
        }
    }

    /// Turns to another old file.
    pub(super) fn reset(&mut self, ranges: Vec<Range<u64>>) {
        let mut end = 0;
        self.places.truncate(1);
        self.places.extend(ranges.iter().map(|range| {
            end += range.end - range.start;
            end
        }));
        self.ranges = ranges;
        self.loaded = 0..0;
        self.bytes.clear();
        self.budget = end.saturating_mul(LOADS);
    }

    /// Sees to it that what is around the offset `expected` of the old file is in memory.
    pub(super) fn load(&mut self, old: &mut Window<'_>, expected: u64, length: u64) -> io::Result<()> {
        let end = self.places.last().copied().unwrap_or(0);
        let place = self.place_of(expected);
        // Of what is in memory, a quarter lies before the place where new content is expected.
        let before = self.window / 4;
        let wanted_end = place.saturating_add(length.max(before)).min(end);
        let is_loaded = self.loaded.start <= place.saturating_sub(before / 2) && wanted_end <= self.loaded.end;
        if end == 0 || is_loaded {
            return Ok(());
        }
        let start = if end <= self.window { 0 } else { place.saturating_sub(before).min(end - self.window) };
        let wanted = start..end.min(start + self.window);
        let Some(budget) = self.budget.checked_sub(wanted.end - wanted.start) else { return Ok(()) };
        self.budget = budget;
        self.loaded = wanted;
        self.bytes.clear();
        let first = self.places.partition_point(|place| *place <= start).saturating_sub(1);
        let ranges = self.ranges.iter().zip(self.places.windows(2)).skip(first);
        for (range, places) in ranges.take_while(|(_, places)| places[0] < self.loaded.end) {
            let (first, last) = (places[0].max(start), places[1].min(self.loaded.end));
            let end = range.start + (last - places[0]);
            for offset in (range.start + (first - places[0])..end).step_by(PIECE) {
                self.bytes.extend_from_slice(old.read(offset..end.min(offset + PIECE as u64))?);
            }
        }
        self.anchors.index(&self.bytes);
        Ok(())
    }

    /// Where new bytes lie over what is loaded, in their order.
    ///
    /// They stand between content that the old file has too; `before` and `behind` are where it goes on there from what comes before
    /// them, and where begins what comes behind, if that is so.
    pub(super) fn laid_over(&self, new: &[u8], before: Option<u64>, behind: Option<u64>) -> Vec<Laid<'_>> {
        let left = before.and_then(|offset| self.from(offset));
        let right = behind.and_then(|offset| self.up_to(offset));
        let mut ahead = left.as_ref().map_or(0, |left| extend(&self.bytes[left.clone()], new));
        let mut back = right.as_ref().map_or(0, |right| extend_back(&self.bytes[right.clone()], new));
        if let (Some(left), Some(right)) = (&left, &right)
            && ahead + back > new.len()
        {
            let start = new.len() - back;
            let left = &self.bytes[left.start + start..left.start + ahead];
            let right = &self.bytes[right.end - back..];
            ahead = start + best_split(left, right, &new[start..ahead]);
            back = new.len() - ahead;
        }
        let middle = ahead..new.len() - back;
        let mut found = Vec::new();
        found.extend(left.map(|left| Match { new: 0, old: left.start, length: ahead }));
        let within = self.anchors.matches(&self.bytes, &new[middle.clone()]);
        found.extend(within.into_iter().map(|found| Match { new: found.new + middle.start, ..found }));
        found.extend(right.map(|right| Match { new: middle.end, old: right.end - back, length: back }));
        found.into_iter().flat_map(|found| self.by_range(found)).collect()
    }

    /// A match, parted where ranges meet that are apart in the old file.
    fn by_range(&self, found: Match) -> impl Iterator<Item = Laid<'_>> {
        let start = self.loaded.start + found.old as u64;
        let end = start + found.length as u64;
        let first = self.places.partition_point(|place| *place <= start).saturating_sub(1);
        let ranges = self.ranges.iter().zip(self.places.windows(2)).skip(first);
        ranges.take_while(move |(_, places)| places[0] < end).filter_map(move |(range, places)| {
            let (first, last) = (places[0].max(start), places[1].min(end));
            let at = index(first - start);
            let length = index(last.checked_sub(first)?);
            let old = &self.bytes[found.old + at..found.old + at + length];
            (length > 0).then_some(Laid { new: found.new + at, from: range.start + (first - places[0]), old })
        })
    }

    /// The place of an offset of the old file, or of the next one that is part of the rest.
    fn place_of(&self, offset: u64) -> u64 {
        let number = self.ranges.partition_point(|range| range.end <= offset);
        let within = self.ranges.get(number).map_or(0, |range| offset.saturating_sub(range.start));
        self.places.get(number).map_or(0, |place| place + within)
    }

    /// What is loaded of the range that has this offset, from there on.
    fn from(&self, offset: u64) -> Option<Range<usize>> {
        let number = self.ranges.partition_point(|range| range.end <= offset);
        let range = self.ranges.get(number).filter(|range| range.contains(&offset))?;
        let start = self.places[number] + (offset - range.start);
        self.in_memory(start..self.places[number + 1]).filter(|loaded| self.loaded.start + loaded.start as u64 == start)
    }

    /// What is loaded of the range that ends with this offset or goes beyond it, up to there.
    fn up_to(&self, offset: u64) -> Option<Range<usize>> {
        let number = self.ranges.partition_point(|range| range.end < offset);
        let range = self.ranges.get(number).filter(|range| range.start < offset)?;
        let end = self.places[number] + (offset - range.start);
        self.in_memory(self.places[number]..end).filter(|loaded| self.loaded.start + loaded.end as u64 == end)
    }

    fn in_memory(&self, places: Range<u64>) -> Option<Range<usize>> {
        let (start, end) = (places.start.max(self.loaded.start), places.end.min(self.loaded.end));
        (start < end).then(|| index(start - self.loaded.start)..index(end - self.loaded.start))
    }
}

/// An index into what is in memory, which always fits.
fn index(place: u64) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

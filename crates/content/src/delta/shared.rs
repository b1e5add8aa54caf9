//! What a new file shares with the old one, segment by segment, and what is left of both.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use packhorse_model::Digest;

use super::window::Window;

/// A run of the new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) new: u64,
    pub(super) length: u64,
    /// Where the old file has it as it is; `None` if no segment tells.
    pub(super) old: Option<u64>,
}

impl Run {
    /// Where the old file goes on behind it.
    pub(super) fn old_end(&self) -> Option<u64> {
        self.old.map(|old| old + self.length)
    }
}

/// Parts the new file into runs that the old one has and runs that it has not. Of several places in the old file, the one that goes on
/// from the run before is taken.
pub(super) fn runs(new: &Window<'_>, old: &Window<'_>) -> Vec<Run> {
    let mut numbers: HashMap<&Digest, usize> = HashMap::new();
    for (number, segment) in old.segments().iter().enumerate() {
        numbers.entry(&segment.digest).or_insert(number);
    }
    let mut runs: Vec<Run> = Vec::new();
    let mut onward = 0;
    for (number, segment) in new.segments().iter().enumerate() {
        let goes_on = old.segments().get(onward).is_some_and(|old| old.digest == segment.digest);
        let shared = if goes_on { Some(onward) } else { numbers.get(&segment.digest).copied() };
        onward = shared.map_or(onward, |shared| shared + 1);
        let length = u64::from(segment.len);
        let place = shared.map(|shared| old.start_of(shared));
        match runs.last_mut() {
            Some(run) if run.old_end() == place => run.length += length,
            _ => runs.push(Run { new: new.start_of(number), length, old: place }),
        }
    }
    runs
}

/// The ranges of the old file that the new one does not share: what became of them is for [`super::anchor`] to find.
pub(super) fn removed(old: &Window<'_>, new: &Window<'_>) -> Vec<Range<u64>> {
    let kept: HashSet<&Digest> = new.segments().iter().map(|segment| &segment.digest).collect();
    let mut removed: Vec<Range<u64>> = Vec::new();
    for (number, segment) in old.segments().iter().enumerate().filter(|(_, segment)| !kept.contains(&segment.digest)) {
        let start = old.start_of(number);
        let end = start + u64::from(segment.len);
        match removed.last_mut() {
            Some(range) if range.end == start => range.end = end,
            _ => removed.push(start..end),
        }
    }
    removed
}

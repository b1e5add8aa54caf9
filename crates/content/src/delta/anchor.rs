//! Finding where new bytes lie in old ones: anchors by the hash of windows, extended over small differences.
//!
//! It is bsdiff's idea with a hash table in place of a sorted index. Bytes that were relinked or recompiled keep their order and
//! mostly their values; where they are laid over the old ones, the difference is nearly all zeros, and compresses to nearly nothing.
//!
//! A window that stands at several places of the old content says little about which of them is meant. So windows that stand at one
//! place only are followed first, and the others only in what is left between.

/// So many equal bytes make an anchor.
const WINDOW: usize = 32;
/// A match ends once its count of equal bytes less that of unequal ones has fallen by this from its best.
const PATIENCE: i64 = 128;
/// Old content up to this size is indexed at every byte, more of it at wider steps, so that the table stays within 16 MiB.
const MOST_ANCHORS: usize = 1 << 21;
/// Set in the table for a window that stands at several places.
const AMBIGUOUS: u32 = 1 << 31;

/// Bytes of the new content that lie over bytes of the old, equal or nearly so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) new: usize,
    pub(super) old: usize,
    pub(super) length: usize,
}

impl Match {
    pub(super) fn new_end(&self) -> usize {
        self.new + self.length
    }

    pub(super) fn old_end(&self) -> usize {
        self.old + self.length
    }
}

/// Which windows are followed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Follow {
    Unique,
    Any,
}

/// An index of old content.
pub(super) struct Anchors {
    /// By the hash of a window: its place in the old content plus one, 0 where there is none, and [`AMBIGUOUS`].
    table: Vec<u32>,
    shift: u32,
}

impl Anchors {
    pub(super) fn new() -> Self {
        Self { table: Vec::new(), shift: 0 }
    }

    /// Indexes old content, of which there is less than 2 GiB, in place of what was indexed before.
    pub(super) fn index(&mut self, old: &[u8]) {
        let windows = (old.len() + 1).saturating_sub(WINDOW);
        let step = windows.div_ceil(MOST_ANCHORS).max(1);
        let bits = (windows.div_ceil(step) * 3 / 2).next_power_of_two().trailing_zeros().max(4);
        self.shift = 64 - bits;
        self.table.clear();
        self.table.resize(1 << bits, 0);
        for place in (0..windows).step_by(step) {
            let window = &old[place..place + WINDOW];
            let slot = self.slot(window);
            self.table[slot] = match self.table[slot] {
                0 => u32::try_from(place + 1).unwrap_or(0),
                // Another window with the same hash keeps the slot; its place is then no match for this one.
                taken => match old.get(index_of(taken)..index_of(taken) + WINDOW) {
                    Some(first) if first == window => taken | AMBIGUOUS,
                    _ => taken,
                },
            };
        }
    }

    /// The matches of `new` in the old content that was indexed, in the order of `new`, where they do not overlap.
    pub(super) fn matches(&self, old: &[u8], new: &[u8]) -> Vec<Match> {
        if old.len() < WINDOW {
            return Vec::new();
        }
        let mut found = Vec::new();
        self.find(old, new, 0, Follow::Unique, &mut found);
        let mut all = Vec::with_capacity(found.len());
        let mut done = 0;
        for next in found {
            self.find(old, &new[..next.new], done, Follow::Any, &mut all);
            all.push(next);
            done = next.new_end();
        }
        self.find(old, new, done, Follow::Any, &mut all);
        all
    }

    /// Finds matches in `new` from `done` on.
    fn find(&self, old: &[u8], new: &[u8], mut done: usize, follow: Follow, found: &mut Vec<Match>) {
        let first = found.len();
        let mut at = done;
        while at + WINDOW <= new.len() {
            let Some(place) = self.place(old, new, at, found.last(), follow) else {
                at += 1;
                continue;
            };
            let length = extend(&old[place..], &new[at..]);
            let mut next = Match { new: at, old: place, length };
            let last = if found.len() > first { found.last_mut() } else { None };
            reach_back(old, new, last, done, &mut next);
            done = next.new_end();
            at = done;
            found.push(next);
        }
    }

    /// Where the window at `at` is in the old content: if possible where the match before it would go on.
    fn place(&self, old: &[u8], new: &[u8], at: usize, last: Option<&Match>, follow: Follow) -> Option<usize> {
        let window = &new[at..at + WINDOW];
        let is_there = |place: &usize| old.get(*place..*place + WINDOW) == Some(window);
        let onward = last.map(|last| last.old_end() + (at - last.new_end())).filter(is_there);
        onward.or_else(|| {
            let entry = self.table[self.slot(window)];
            if entry == 0 || follow == Follow::Unique && entry & AMBIGUOUS != 0 {
                return None;
            }
            Some(index_of(entry)).filter(is_there)
        })
    }

    fn slot(&self, window: &[u8]) -> usize {
        let (words, _) = window.as_chunks::<8>();
        let hash = words.iter().fold(0u64, |hash, word| {
            (hash.rotate_left(29) ^ u64::from_le_bytes(*word)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        });
        usize::try_from(hash >> self.shift).unwrap_or(0)
    }
}

fn index_of(entry: u32) -> usize {
    usize::try_from((entry & !AMBIGUOUS).saturating_sub(1)).unwrap_or(0)
}

/// Extends `next` back to `done`, and into the match before it where it fits better there.
fn reach_back(old: &[u8], new: &[u8], last: Option<&mut Match>, done: usize, next: &mut Match) {
    let limit = last.as_ref().map_or(done, |last| last.new + WINDOW.min(last.length));
    let back = extend_back(&old[..next.old], &new[limit..next.new]);
    let overlap = match last {
        Some(last) if next.new - back < last.new_end() => {
            let overlap = last.new_end() - (next.new - back);
            let ours = &old[next.old - back..next.old - back + overlap];
            let theirs = &old[last.old_end() - overlap..last.old_end()];
            let theirs_kept = best_split(theirs, ours, &new[last.new_end() - overlap..last.new_end()]);
            last.length -= overlap - theirs_kept;
            theirs_kept
        }
        _ => 0,
    };
    let back = back - overlap;
    *next = Match { new: next.new - back, old: next.old - back, length: next.length + back };
}

/// Where new bytes best change from lying over `left` to lying over `right`.
pub(super) fn best_split(left: &[u8], right: &[u8], new: &[u8]) -> usize {
    let (mut score, mut best, mut split) = (0i64, 0i64, 0);
    for (at, ((left, right), new)) in left.iter().zip(right).zip(new).enumerate() {
        score += i64::from(left == new) - i64::from(right == new);
        if score > best {
            (best, split) = (score, at + 1);
        }
    }
    split
}

/// How far the two agree from their beginnings, over small differences.
pub(super) fn extend(old: &[u8], new: &[u8]) -> usize {
    best_length(old.iter().zip(new))
}

/// How far the two agree from their ends back.
pub(super) fn extend_back(old: &[u8], new: &[u8]) -> usize {
    best_length(old.iter().rev().zip(new.iter().rev()))
}

fn best_length<'a>(pairs: impl Iterator<Item = (&'a u8, &'a u8)>) -> usize {
    let (mut score, mut best, mut length) = (0i64, 0i64, 0);
    for (at, (old, new)) in pairs.enumerate() {
        score += if old == new { 1 } else { -1 };
        if score > best {
            (best, length) = (score, at + 1);
        } else if score < best - PATIENCE {
            break;
        }
    }
    length
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn matches(old: &[u8], new: &[u8]) -> Vec<Match> {
        let mut anchors = Anchors::new();
        anchors.index(old);
        anchors.matches(old, new)
    }

    fn noise(seed: u8, length: usize) -> Vec<u8> {
        let mut reader = blake3::Hasher::new().update(&[seed]).finalize_xof();
        let mut bytes = vec![0; length];
        reader.fill(&mut bytes);
        bytes
    }

    #[test]
    fn runs_over_small_differences() {
        let old = noise(1, 4000);
        let mut new = old.clone();
        for at in (100..4000).step_by(100) {
            new[at] ^= 0x55;
        }
        assert_eq!(matches(&old, &new), [Match { new: 0, old: 0, length: 4000 }]);
    }

    #[test]
    fn finds_what_moved_and_leaves_what_is_new() {
        let (a, b, c) = (noise(1, 500), noise(2, 500), noise(3, 500));
        let old = [&a[..], &b].concat();
        let new = [&b[..], &c, &a].concat();
        let found = matches(&old, &new);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].new, found[0].old), (0, 500));
        assert_eq!((found[1].new_end(), found[1].old_end()), (1500, 500));
        // By chance a few bytes of noise agree beyond the ends.
        assert!(found[0].length < 510 && found[1].length < 510, "{found:?}");
    }

    #[test]
    fn follows_what_stands_at_one_place_before_what_stands_at_many() {
        let shared = noise(9, 60);
        let (a, b) = (noise(1, 40), noise(2, 40));
        let old = [&a[..], &shared, &b, &shared].concat();
        let new = [&b[..], &shared].concat();
        assert_eq!(matches(&old, &new), [Match { new: 0, old: 100, length: 100 }]);
    }

    proptest! {
        #[test]
        fn matches_are_in_order_and_in_bounds(
            old in proptest::collection::vec(0u8..3, 0..600),
            new in proptest::collection::vec(0u8..3, 0..600),
        ) {
            let mut done = 0;
            for found in matches(&old, &new) {
                prop_assert!(found.new >= done && found.length > 0);
                prop_assert!(found.new_end() <= new.len() && found.old_end() <= old.len());
                done = found.new_end();
            }
        }
    }
}

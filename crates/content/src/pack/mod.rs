//! Packs: files of some 16 MiB in which segments are stored, written once and never changed.
//!
//! ```text
//! pack  := magic, frame*, index, trailer
//! frame := codec (1), raw length (4), check (8), stored bytes      several segments compressed together, about 1 MiB raw
//! index := magic, frames, for each: stored length, raw length, segments, for each: its length
//! trailer := length of the index (4), check of the index (8), magic (8)
//! ```
//!
//! A pack is named by the BLAKE3 of all of it. The database knows where each segment lies; should it be lost, [`recover`]
//! tells the same from the packs alone. Every read is checked twice: the frame by its check, the segment by its digest.
//! Numbers are little-endian; checks are the first eight bytes of a BLAKE3.

mod frame;
mod index;
mod rewrite;
mod source;
mod store;
#[cfg(test)]
mod tests;
mod writer;

use packhorse_model::Digest;

pub use index::{PackBounds, find, recover};
pub use rewrite::rewrite;
pub use source::{Damage, PackSource, check_frame};
pub use store::{DirectoryPacks, MemoryPacks, PackStore};
pub use writer::StoredPack;
pub(crate) use writer::{Filling, PackWriter};

const MAGIC: &[u8; 8] = b"PHpack\x01\n";

/// Where a segment lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SegmentLocation {
    /// The pack.
    pub pack: Digest,
    /// Where its frame begins in the pack.
    pub frame_offset: u32,
    /// How many bytes of the pack the frame takes.
    pub frame_len: u32,
    /// Where the segment begins in the frame, once that is unpacked.
    pub offset_in_frame: u32,
    /// How many bytes the segment has.
    pub len: u32,
}

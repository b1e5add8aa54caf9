//! Fills packs.

use std::io;

use packhorse_model::Digest;

use super::frame::{FrameEncoder, Packing};
use super::index::{self, FrameEntry};
use super::{MAGIC, SegmentLocation};
use crate::codec::digest_of;
use crate::segment::Segment;
use crate::segment::cut::Density;

/// A frame is closed when it has this many raw bytes.
const FRAME: usize = 1 << 20;
/// How packs are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filling {
    /// A pack is closed when it has this many bytes,
    pub(crate) bytes: usize,
    /// or, in frames that are closed, this many segments.
    pub(crate) segments: usize,
    /// The level of zstd.
    pub(crate) level: i32,
}

impl Filling {
    /// For packs that are kept: made once, in the time of a push.
    pub(crate) const KEPT: Self = Self { bytes: 16 << 20, segments: usize::MAX, level: 3 };
    /// For packs that cross a slow link: what was cut off on its way is sent again, so they are small; and bytes are dearer than time.
    pub(crate) const SENT: Self = Self { bytes: 4 << 20, segments: 1 << 16, level: 19 };
}

/// From here on a segment is looked at before it is given to the compressor.
const WORTH_A_LOOK: usize = 4 << 10;

/// A pack that is complete, and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPack {
    /// Its name.
    pub id: Digest,
    /// How many bytes it takes.
    pub size: u64,
    /// What is in it.
    pub segments: Vec<(Segment, SegmentLocation)>,
}

/// A frame that is being filled.
#[derive(Default)]
struct Open {
    raw: Vec<u8>,
    segments: Vec<Segment>,
}

/// Fills packs with segments and gives each, when it is full, to `finished`, as its bytes and what is in it.
///
/// Segments that are packed already go into frames of their own: they would only slow the compressor down.
pub(crate) struct PackWriter<F> {
    finished: F,
    filling: Filling,
    encoder: FrameEncoder,
    packed: Open,
    plain: Open,
    pack: Vec<u8>,
    frames: Vec<FrameEntry>,
    /// What is in `pack`, with the pack's name still open.
    contents: Vec<(Segment, SegmentLocation)>,
}

impl<F: FnMut(StoredPack, Vec<u8>) -> io::Result<()>> PackWriter<F> {
    pub(crate) fn new(filling: Filling, finished: F) -> io::Result<Self> {
        Ok(Self {
            finished,
            filling,
            encoder: FrameEncoder::new(filling.level)?,
            packed: Open::default(),
            plain: Open::default(),
            pack: Vec::new(),
            frames: Vec::new(),
            contents: Vec::new(),
        })
    }

    /// Adds a segment, which the caller has found to be in no pack yet.
    pub(crate) fn add(&mut self, segment: Segment, bytes: &[u8], density: Density) -> io::Result<()> {
        let is_packed = density == Density::Packed || bytes.len() >= WORTH_A_LOOK && looks_random(bytes);
        let open = if is_packed { &mut self.packed } else { &mut self.plain };
        open.raw.extend_from_slice(bytes);
        open.segments.push(segment);
        if open.raw.len() < FRAME {
            return Ok(());
        }
        let packing = if is_packed { Packing::Skip } else { Packing::Try };
        let frame = std::mem::take(open);
        self.close_frame(&frame, packing)?;
        let is_full = self.pack.len() >= self.filling.bytes || self.contents.len() >= self.filling.segments;
        if is_full { self.close_pack() } else { Ok(()) }
    }

    /// Closes what is open.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        let (packed, plain) = (std::mem::take(&mut self.packed), std::mem::take(&mut self.plain));
        self.close_frame(&packed, Packing::Skip)?;
        self.close_frame(&plain, Packing::Try)?;
        if self.frames.is_empty() { Ok(()) } else { self.close_pack() }
    }

    fn close_frame(&mut self, frame: &Open, packing: Packing) -> io::Result<()> {
        if frame.segments.is_empty() {
            return Ok(());
        }
        if self.pack.is_empty() {
            self.pack.reserve(self.filling.bytes + self.filling.bytes / 8);
            self.pack.extend_from_slice(MAGIC);
        }
        let too_long = |_| io::Error::other("a pack is longer than 4 GiB");
        let frame_offset = u32::try_from(self.pack.len()).map_err(too_long)?;
        let frame_len = self.encoder.encode(&frame.raw, packing, &mut self.pack)?;
        let mut offset_in_frame = 0;
        for segment in &frame.segments {
            let location =
                SegmentLocation { pack: segment.digest, frame_offset, frame_len, offset_in_frame, len: segment.len };
            self.contents.push((*segment, location));
            offset_in_frame += segment.len;
        }
        let segments = frame.segments.iter().map(|segment| segment.len).collect();
        let raw_len = u32::try_from(frame.raw.len()).map_err(too_long)?;
        self.frames.push(FrameEntry { stored_len: frame_len, raw_len, segments });
        Ok(())
    }

    fn close_pack(&mut self) -> io::Result<()> {
        let mut bytes = std::mem::take(&mut self.pack);
        index::write(&std::mem::take(&mut self.frames), &mut bytes)?;
        let id = digest_of(&bytes);
        let mut segments = std::mem::take(&mut self.contents);
        for (_, location) in &mut segments {
            location.pack = id;
        }
        (self.finished)(StoredPack { id, size: bytes.len() as u64, segments }, bytes)
    }
}

/// Whether bytes are spread so evenly that compression would find nothing: a look at one byte in so many.
fn looks_random(bytes: &[u8]) -> bool {
    const LOOKS: usize = 4096;
    let step = (bytes.len() / LOOKS).max(1);
    let mut counts = [0u32; 256];
    let mut looks = 0u32;
    for byte in bytes.iter().step_by(step) {
        counts[usize::from(*byte)] += 1;
        looks += 1;
    }
    // The sum of squares is least when all are equal; even bytes stay within a third of that.
    let squares: u64 = counts.iter().map(|count| u64::from(*count) * u64::from(*count)).sum();
    let even = u64::from(looks) * u64::from(looks) / 256 + u64::from(looks);
    squares * 3 < even * 4
}

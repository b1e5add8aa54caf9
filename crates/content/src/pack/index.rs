//! The index at the end of a pack, by which a pack explains itself.

use std::collections::BTreeSet;
use std::io;

use packhorse_model::Digest;

use super::frame::{MAX_RAW, decode, first_eight};
use super::{MAGIC, PackStore, SegmentLocation};
use crate::codec::{FormatError, Reader, put_varint};
use crate::segment::Segment;

const INDEX_MAGIC: &[u8] = b"PHindex\x01";
const END_MAGIC: &[u8; 8] = b"PHend\x01\n\0";
const TRAILER: u64 = 4 + 8 + 8;
const WHAT: &str = "pack";

/// What the index says of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FrameEntry {
    pub(super) stored_len: u32,
    pub(super) raw_len: u32,
    pub(super) segments: Vec<u32>,
}

/// Appends index and trailer.
pub(super) fn write(frames: &[FrameEntry], out: &mut Vec<u8>) -> io::Result<()> {
    let start = out.len();
    out.extend_from_slice(INDEX_MAGIC);
    put_varint(out, frames.len() as u64);
    for frame in frames {
        put_varint(out, u64::from(frame.stored_len));
        put_varint(out, u64::from(frame.raw_len));
        put_varint(out, frame.segments.len() as u64);
        for len in &frame.segments {
            put_varint(out, u64::from(*len));
        }
    }
    let len =
        u32::try_from(out.len() - start).map_err(|_| io::Error::other("the index of a pack is longer than 4 GiB"))?;
    let check = first_eight(&blake3::hash(&out[start..]));
    out.extend_from_slice(&len.to_le_bytes());
    out.extend_from_slice(&check);
    out.extend_from_slice(END_MAGIC);
    Ok(())
}

/// How much a pack may hold. What came from outside is bounded, so that nobody makes us unpack more than we have room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackBounds {
    /// Bytes of the pack.
    pub bytes: u64,
    /// Bytes of a frame, unpacked.
    pub frame: usize,
    /// Segments in all frames together.
    pub segments: usize,
}

impl PackBounds {
    /// For packs that we wrote ourselves.
    pub const NONE: Self = Self { bytes: u64::MAX, frame: MAX_RAW, segments: usize::MAX };
    /// For packs that somebody sent. Twice what [`crate::slim`] sends, and room for the recipe of a file of 15 GB in one frame.
    pub const SENT: Self = Self { bytes: 16 << 20, frame: 8 << 20, segments: 1 << 18 };
}

fn read(bytes: &[u8], bounds: PackBounds) -> Result<Vec<FrameEntry>, FormatError> {
    let mut reader = Reader::new(WHAT, INDEX_MAGIC, bytes)?;
    let small =
        |value: u64| u32::try_from(value).map_err(|_| FormatError::new(WHAT, "a length in its index is too large"));
    let count = reader.count(3)?;
    let mut frames = Vec::with_capacity(count);
    let mut room = bounds.segments;
    for _ in 0..count {
        let (stored_len, raw_len) = (small(reader.varint()?)?, small(reader.varint()?)?);
        let segments = reader.count(1)?;
        room = room.checked_sub(segments).ok_or_else(|| FormatError::new(WHAT, "it has too many segments"))?;
        let segments = (0..segments).map(|_| small(reader.varint()?)).collect::<Result<Vec<u32>, _>>()?;
        if segments.iter().map(|len| u64::from(*len)).sum::<u64>() != u64::from(raw_len) {
            return Err(FormatError::new(WHAT, "the segments of a frame do not fill it"));
        }
        frames.push(FrameEntry { stored_len, raw_len, segments });
    }
    reader.end()?;
    Ok(frames)
}

/// Tells what a pack holds from the pack alone, by reading all of it: what a lost database is rebuilt from, and what proves
/// that a pack is sound. The digests of the segments are those of their bytes as they were found, whatever anybody says.
///
/// # Errors
/// `InvalidData` if any of it is damaged or out of `bounds`, saying where; else those of the store.
pub fn recover(
    store: &dyn PackStore,
    pack: &Digest,
    bounds: PackBounds,
) -> io::Result<Vec<(Segment, SegmentLocation)>> {
    let damaged = |why: String| damaged(pack, &why);
    let (frames, index_at) = frames(store, pack, bounds)?;
    let mut found = Vec::new();
    let mut offset = MAGIC.len() as u64;
    for entry in frames {
        let frame_offset = u32::try_from(offset).map_err(|_| damaged("it is longer than 4 GiB".to_owned()))?;
        segments_of(store, pack, frame_offset, &entry, bounds.frame, &mut found)?;
        offset += u64::from(entry.stored_len);
    }
    if offset != index_at {
        return Err(damaged("its frames do not fill it".to_owned()));
    }
    Ok(found)
}

/// Where a pack holds some of these segments, found by reading all of it. What of it cannot be read any more is passed over.
///
/// # Errors
/// Those of the store, but that the pack, or a part of it, is gone.
pub fn find(
    store: &dyn PackStore,
    pack: &Digest,
    wanted: &BTreeSet<Digest>,
) -> io::Result<Vec<(Digest, SegmentLocation)>> {
    use io::ErrorKind::{InvalidData, NotFound, UnexpectedEof};
    let passed_over = |error: io::Error| match error.kind() {
        InvalidData | NotFound | UnexpectedEof => Ok(()),
        _ => Err(error),
    };
    let frames = match frames(store, pack, PackBounds::NONE) {
        Ok((frames, _)) => frames,
        Err(error) => return passed_over(error).map(|()| Vec::new()),
    };
    let (mut copies, mut offset) = (Vec::new(), MAGIC.len() as u64);
    for entry in frames {
        let Ok(frame_offset) = u32::try_from(offset) else { break };
        let mut found = Vec::new();
        segments_of(store, pack, frame_offset, &entry, MAX_RAW, &mut found).or_else(passed_over)?;
        copies
            .extend(found.into_iter().map(|(segment, at)| (segment.digest, at)).filter(|(it, _)| wanted.contains(it)));
        offset += u64::from(entry.stored_len);
    }
    Ok(copies)
}

fn damaged(pack: &Digest, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("pack {pack} is damaged: {why}"))
}

fn range(store: &dyn PackStore, pack: &Digest, offset: u64, len: u64) -> io::Result<Vec<u8>> {
    let len = usize::try_from(len).map_err(|_| damaged(pack, "a length in it is too large"))?;
    store.read_range(pack, offset, len)
}

/// What the index of a pack says of its frames, and where the index begins.
fn frames(store: &dyn PackStore, pack: &Digest, bounds: PackBounds) -> io::Result<(Vec<FrameEntry>, u64)> {
    let damaged = |why: String| damaged(pack, &why);
    let range = |offset: u64, len: u64| range(store, pack, offset, len);
    let size = store.size(pack)?;
    if size > bounds.bytes {
        return Err(damaged(format!("it has {size} bytes, and may have {}", bounds.bytes)));
    }
    let index_end = size.checked_sub(TRAILER).ok_or_else(|| damaged("it is cut off".to_owned()))?;
    let trailer = range(index_end, TRAILER)?;
    let index_len = u64::from(u32::from_le_bytes([trailer[0], trailer[1], trailer[2], trailer[3]]));
    let index_at = index_end.checked_sub(index_len).filter(|_| trailer[12..] == *END_MAGIC);
    let index_at = index_at.ok_or_else(|| damaged("it does not end as a pack does".to_owned()))?;
    let index = range(index_at, index_len)?;
    if trailer[4..12] != first_eight(&blake3::hash(&index)) {
        return Err(damaged("the checksum of its index differs".to_owned()));
    }
    let frames = read(&index, bounds).map_err(|error| damaged(error.to_string()))?;
    Ok((frames, index_at))
}

/// Unpacks a frame, and adds what is in it to `found`.
fn segments_of(
    store: &dyn PackStore,
    pack: &Digest,
    frame_offset: u32,
    entry: &FrameEntry,
    most: usize,
    found: &mut Vec<(Segment, SegmentLocation)>,
) -> io::Result<()> {
    let raw = decode(&range(store, pack, u64::from(frame_offset), u64::from(entry.stored_len))?, most);
    let raw = raw.map_err(|error| damaged(pack, &format!("at byte {frame_offset}, {error}")))?;
    let mut offset_in_frame = 0;
    for len in &entry.segments {
        let bytes = raw.get(offset_in_frame as usize..).and_then(|rest| rest.get(..*len as usize));
        let short = || damaged(pack, &format!("the frame at byte {frame_offset} is shorter than its segments"));
        let segment = Segment::of(bytes.ok_or_else(short)?)?;
        let frame_len = entry.stored_len;
        found.push((segment, SegmentLocation { pack: *pack, frame_offset, frame_len, offset_in_frame, len: *len }));
        offset_in_frame += len;
    }
    Ok(())
}

//! The index at the end of a pack, by which a pack explains itself.

use std::io;

use packhorse_model::Digest;

use super::frame::{decode, first_eight};
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

fn read(bytes: &[u8]) -> Result<Vec<FrameEntry>, FormatError> {
    let mut reader = Reader::new(WHAT, INDEX_MAGIC, bytes)?;
    let small =
        |value: u64| u32::try_from(value).map_err(|_| FormatError::new(WHAT, "a length in its index is too large"));
    let count = reader.count(3)?;
    let mut frames = Vec::with_capacity(count);
    for _ in 0..count {
        let (stored_len, raw_len) = (small(reader.varint()?)?, small(reader.varint()?)?);
        let segments = reader.count(1)?;
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
/// that a pack is sound.
///
/// # Errors
/// `InvalidData` if any of it is damaged, saying where; else those of the store.
pub fn recover(store: &dyn PackStore, pack: &Digest) -> io::Result<Vec<(Segment, SegmentLocation)>> {
    let damaged = |why: String| io::Error::new(io::ErrorKind::InvalidData, format!("pack {pack} is damaged: {why}"));
    let range = |offset: u64, len: u64| {
        let len = usize::try_from(len).map_err(|_| damaged("a length in it is too large".to_owned()))?;
        store.read_range(pack, offset, len)
    };
    let size = store.size(pack)?;
    let index_end = size.checked_sub(TRAILER).ok_or_else(|| damaged("it is cut off".to_owned()))?;
    let trailer = range(index_end, TRAILER)?;
    let index_len = u64::from(u32::from_le_bytes([trailer[0], trailer[1], trailer[2], trailer[3]]));
    let index_at = index_end.checked_sub(index_len).filter(|_| trailer[12..] == *END_MAGIC);
    let index_at = index_at.ok_or_else(|| damaged("it does not end as a pack does".to_owned()))?;
    let index = range(index_at, index_len)?;
    if trailer[4..12] != first_eight(&blake3::hash(&index)) {
        return Err(damaged("the checksum of its index differs".to_owned()));
    }
    let mut found = Vec::new();
    let mut offset = MAGIC.len() as u64;
    for entry in read(&index).map_err(|error| damaged(error.to_string()))? {
        let raw = decode(&range(offset, u64::from(entry.stored_len))?);
        let raw = raw.map_err(|error| damaged(format!("at byte {offset}, {error}")))?;
        let frame_offset = u32::try_from(offset).map_err(|_| damaged("it is longer than 4 GiB".to_owned()))?;
        let mut offset_in_frame = 0;
        for len in entry.segments {
            let bytes = raw.get(offset_in_frame as usize..).and_then(|rest| rest.get(..len as usize));
            let bytes =
                bytes.ok_or_else(|| damaged(format!("the frame at byte {offset} is shorter than its segments")))?;
            found.push((
                Segment::of(bytes)?,
                SegmentLocation { pack: *pack, frame_offset, frame_len: entry.stored_len, offset_in_frame, len },
            ));
            offset_in_frame += len;
        }
        offset += u64::from(entry.stored_len);
    }
    if offset != index_at {
        return Err(damaged("its frames do not fill it".to_owned()));
    }
    Ok(found)
}

//! One frame of a pack.

use std::io;

use crate::codec::FormatError;

/// Codec, raw length, check.
pub(super) const HEADER: usize = 13;
const STORED: u8 = 0;
const ZSTD: u8 = 1;
/// Compression must save a part in so many, or it is left out: what it would save does not pay for unpacking.
const WORTH: usize = 32;
/// The longest frame: one of a single segment, the recipe of a file of half a terabyte.
pub(super) const MAX_RAW: usize = 256 << 20;

/// Packs frames; keeps the state of the compressor between them.
pub(super) struct FrameEncoder {
    compressor: zstd::bulk::Compressor<'static>,
}

/// Whether compression is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    Try,
    Skip,
}

impl FrameEncoder {
    pub(super) fn new(level: i32) -> io::Result<Self> {
        Ok(Self { compressor: zstd::bulk::Compressor::new(level)? })
    }

    /// Appends a frame of `raw` to `out`; gives its stored length, header included.
    pub(super) fn encode(&mut self, raw: &[u8], packing: Packing, out: &mut Vec<u8>) -> io::Result<u32> {
        let too_long = || io::Error::new(io::ErrorKind::FileTooLarge, "a file has too many segments for one recipe");
        let raw_len = u32::try_from(raw.len()).ok().filter(|_| raw.len() <= MAX_RAW).ok_or_else(too_long)?;
        let packed = match packing {
            Packing::Try => {
                Some(self.compressor.compress(raw)?).filter(|packed| packed.len() < raw.len() - raw.len() / WORTH)
            }
            Packing::Skip => None,
        };
        let (codec, bytes) = packed.as_deref().map_or((STORED, raw), |packed| (ZSTD, packed));
        let len = u32::try_from(HEADER + bytes.len()).map_err(|_| too_long())?;
        out.push(codec);
        out.extend_from_slice(&raw_len.to_le_bytes());
        out.extend_from_slice(&check(codec, raw_len, bytes));
        out.extend_from_slice(bytes);
        Ok(len)
    }
}

/// Unpacks a frame of at most `most` bytes; `frame` is all of it.
pub(super) fn decode(frame: &[u8], most: usize) -> Result<Vec<u8>, FormatError> {
    let error = |why: &str| FormatError::new("frame", why);
    let (header, bytes) = frame.split_first_chunk::<HEADER>().ok_or_else(|| error("it is cut off"))?;
    let codec = header[0];
    let raw_len = u32::from_le_bytes([header[1], header[2], header[3], header[4]]);
    if header[5..] != check(codec, raw_len, bytes) {
        return Err(error("its checksum differs: a byte of it has changed"));
    }
    let raw_len = usize::try_from(raw_len).ok().filter(|len| *len <= most).ok_or_else(|| error("it is too long"))?;
    let raw = match codec {
        STORED => bytes.to_vec(),
        ZSTD => zstd::bulk::decompress(bytes, raw_len).map_err(|cause| error(&cause.to_string()))?,
        _ => return Err(error("it is packed in an unknown way")),
    };
    if raw.len() == raw_len { Ok(raw) } else { Err(error("it does not unpack to its length")) }
}

fn check(codec: u8, raw_len: u32, bytes: &[u8]) -> [u8; 8] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&[codec]).update(&raw_len.to_le_bytes()).update(bytes);
    first_eight(&hasher.finalize())
}

/// A short check: enough against decay; against forgery there is the digest of the segment.
pub(super) fn first_eight(hash: &blake3::Hash) -> [u8; 8] {
    std::array::from_fn(|at| hash.as_bytes()[at])
}

//! The recipe, and making the file from it.

use std::io::{self, Read, Write};

use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use serde::{Deserialize, Serialize};

/// How much is read, and at most written, at a time.
const PIECE: usize = 64 * 1024;

/// A level of zlib, 1 to 9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Level(u8);

/// The number is no level of zlib.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no compression level: they are 1 to 9")]
pub struct LevelError(u8);

impl TryFrom<u8> for Level {
    type Error = LevelError;

    fn try_from(level: u8) -> Result<Self, LevelError> {
        if (1..=9).contains(&level) { Ok(Self(level)) } else { Err(LevelError(level)) }
    }
}

impl From<Level> for u8 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// Everything but its content that a `.gz` file consists of: one member, deflated by stock zlib with its default memory
/// level (8), window (32 KiB) and strategy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GzipRecipe {
    /// The member's header as it stood: time, name, operating system.
    #[serde(with = "hex")]
    pub(super) header: Vec<u8>,
    pub(super) level: Level,
    pub(super) inflated_size: u64,
    pub(super) size: u64,
}

impl GzipRecipe {
    /// The level that reproduces the file.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// The size of the `.gz` file.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// How many bytes it holds.
    #[must_use]
    pub fn inflated_size(&self) -> u64 {
        self.inflated_size
    }

    /// Writes the `.gz` file that held `inflated`.
    ///
    /// The bytes are the original's if, and only if, `inflated` is what the original held; that is for the caller to know by
    /// the digest of either.
    ///
    /// # Errors
    /// Those of the reader and the writer, and `InvalidData` if the sizes are not those of the recipe: then what was
    /// written is not the original.
    pub fn regenerate(&self, mut inflated: impl Read, mut out: impl Write) -> io::Result<()> {
        out.write_all(&self.header)?;
        let mut deflater = Deflater::new(self.level);
        let mut crc = Crc::new();
        let (mut piece, mut deflated) = (vec![0; PIECE], Vec::with_capacity(PIECE));
        let (mut read, mut written) = (0u64, self.header.len() as u64);
        loop {
            let count = inflated.read(&mut piece)?;
            crc.update(&piece[..count]);
            read += count as u64;
            deflater.push(&piece[..count], &mut deflated)?;
            written += deflated.len() as u64;
            out.write_all(&deflated)?;
            deflated.clear();
            if count == 0 {
                break;
            }
        }
        out.write_all(&trailer(&crc))?;
        written += 8;
        if (read, written) != (self.inflated_size, self.size) {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!(
                    "the gzip recipe is for {} bytes made of {}, and this made {written} of {read}",
                    self.size, self.inflated_size
                ),
            ));
        }
        Ok(())
    }
}

/// The last eight bytes of a member.
pub(super) fn trailer(crc: &Crc) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&crc.sum().to_le_bytes());
    bytes[4..].copy_from_slice(&crc.amount().to_le_bytes());
    bytes
}

/// Raw deflate by stock zlib.
pub(super) struct Deflater(Compress);

impl Deflater {
    pub(super) fn new(level: Level) -> Self {
        Self(Compress::new(Compression::new(u32::from(level.0)), false))
    }

    /// Deflates all of `input`, appending to `out` what zlib gives so far; an empty input ends the stream.
    pub(super) fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> io::Result<()> {
        let flush = if input.is_empty() { FlushCompress::Finish } else { FlushCompress::None };
        loop {
            out.reserve(PIECE);
            let before = self.0.total_in();
            let status = self.0.compress_vec(input, out, flush).map_err(io::Error::other)?;
            let taken = usize::try_from(self.0.total_in() - before).map_err(io::Error::other)?;
            input = &input[taken..];
            // Room left over means that zlib had nothing more to give.
            let drained = out.len() < out.capacity();
            match flush {
                FlushCompress::Finish if status == Status::StreamEnd => return Ok(()),
                FlushCompress::None if input.is_empty() && drained => return Ok(()),
                _ => {}
            }
        }
    }
}

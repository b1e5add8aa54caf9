//! Reading archives, entry by entry, in one pass, trusting nothing.
//!
//! [`check`] reads an archive and says what is in it or why it is refused. Ingest reads through the same code with another
//! sink. No name from an archive reaches a file system here, no library decides what is safe, and nothing is allocated by
//! a number that an archive announces.

pub(crate) mod decode;
mod extract;
mod fault;
mod format;
mod limits;
mod listing;
mod recipe;
pub(crate) mod tar;
pub(crate) mod zip;

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use packhorse_model::Digest;
use packhorse_model::filename::ArchiveFormat;

pub use extract::read_files;
pub use fault::{ArchiveError, Fault, Refused};
pub use format::{Container, SNIFFED, check_format};
pub use limits::{Limits, MAX_RATIO};
pub use listing::Contents;
pub(crate) use listing::Listing;
pub use recipe::{ArchiveRecipe, Part};

use decode::Decoder;

/// The size of the blocks in which archives are read and unpacked.
pub(crate) const BLOCK: usize = 256 << 10;

/// Takes the bytes of an archive, in its order.
pub(crate) trait Sink {
    /// Bytes around the files: headers, padding, the end.
    fn framing(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// A file of this size begins.
    fn begin(&mut self, size: u64) -> io::Result<()>;
    /// Some of its bytes.
    fn data(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// It is complete; gives its digest.
    fn end(&mut self) -> io::Result<Digest>;
}

/// Unpacked bytes, in blocks, as [`io::BufRead`] gives them, with the errors of archives.
pub(crate) trait Stream {
    /// What is at hand; empty at the end.
    fn fill(&mut self) -> Result<&[u8], ArchiveError>;
    /// So much of it has been used.
    fn consume(&mut self, count: usize);
}

/// A stream that unpacks as it is read.
struct Unpacking<R> {
    decoder: Decoder<R>,
    block: Vec<u8>,
    range: std::ops::Range<usize>,
}

impl<R: io::BufRead> Stream for Unpacking<R> {
    fn fill(&mut self) -> Result<&[u8], ArchiveError> {
        if self.range.is_empty() {
            self.range = 0..self.decoder.read(&mut self.block)?;
        }
        Ok(&self.block[self.range.clone()])
    }

    fn consume(&mut self, count: usize) {
        self.range.start = (self.range.start + count).min(self.range.end);
    }
}

/// Reads an archive to its end, keeping nothing: what it holds, or why it is refused.
///
/// # Errors
/// [`ArchiveError::Refused`] by any rule, [`ArchiveError::Io`] if the file cannot be read.
pub fn check<F: Read + Seek>(archive: F, format: ArchiveFormat, limits: Limits) -> Result<Contents, ArchiveError> {
    read(archive, format, limits, &mut DigestSink::default())
}

/// Reads an archive to its end.
pub(crate) fn read<F: Read + Seek>(
    mut archive: F,
    format: ArchiveFormat,
    limits: Limits,
    sink: &mut impl Sink,
) -> Result<Contents, ArchiveError> {
    let container = check_format(format, &head(&mut archive)?)?;
    if container == Container::Zip {
        return zip::read(&mut archive, limits, sink);
    }
    if container.is_one_file() {
        let what = format!("a {} is a package by itself, and is not unpacked", format.suffix());
        return Err(Fault::Unsupported { what }.into());
    }
    let decoder = Decoder::new(container, BufReader::with_capacity(BLOCK, archive))?;
    tar::read(&mut Unpacking { decoder, block: vec![0; BLOCK], range: 0..0 }, limits, sink)
}

/// The first bytes of a file, by which its format is known; the file stands at its beginning afterwards.
pub(crate) fn head<F: Read + Seek>(file: &mut F) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(SNIFFED);
    file.by_ref().take(SNIFFED as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(head)
}

/// Only hashes.
#[derive(Default)]
pub(crate) struct DigestSink {
    hasher: blake3::Hasher,
}

impl Sink for DigestSink {
    fn framing(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin(&mut self, _size: u64) -> io::Result<()> {
        self.hasher.reset();
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hasher.update(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<Digest> {
        Ok(Digest::new(*self.hasher.finalize().as_bytes()))
    }
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

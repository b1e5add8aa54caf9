//! Cuts a file into segments while it streams by.
//!
//! A file is first divided into *regions* where its format divides it (zip at its members, tar at its members, anything
//! else is one region), and each region by content. A cut depends only on the bytes of its region, never on how the bytes
//! arrived. Memory is bounded by the longest chunk and the longest header.

use std::io;

use super::chunk::{self, MAX, MIN};
use super::tar::TarRegions;
use super::zip::ZipRegions;

/// Files up to this size are one segment, whatever they are.
pub(crate) const SMALL: usize = MIN;

/// Whether it is worth trying to compress a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Density {
    /// It is compressed already.
    Packed,
    /// Nobody knows.
    Unknown,
}

/// What a look at the next bytes of a file has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// More bytes are needed to tell.
    More,
    /// So many bytes belong to the region at hand.
    Within(usize),
    /// The region ends after so many bytes; the next one is of this density.
    End(usize, Density),
}

/// Finds where regions end. Looks at each byte once; `window` begins where the steps before have ended.
pub(super) trait Regions {
    fn step(&mut self, window: &[u8]) -> Step;
}

enum Format {
    /// Too little of the file is known.
    Undecided,
    Plain,
    Zip(ZipRegions),
    Tar(TarRegions),
}

/// Cuts one file.
pub(crate) struct Cutter {
    format: Format,
    density: Density,
    /// Bytes from the beginning of the region, or of its next chunk, to where input ends.
    buffer: Vec<u8>,
    /// How much of `buffer` the format has looked at.
    seen: usize,
}

impl Cutter {
    pub(crate) fn new() -> Self {
        Self { format: Format::Undecided, density: Density::Unknown, buffer: Vec::new(), seen: 0 }
    }

    /// Takes more of the file and gives out the segments that are certain.
    pub(crate) fn push(
        &mut self,
        bytes: &[u8],
        mut out: impl FnMut(&[u8], Density) -> io::Result<()>,
    ) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if let Format::Undecided = self.format {
            if self.buffer.len() <= SMALL {
                return Ok(());
            }
            self.format = decide(&self.buffer);
        }
        self.advance(&mut out)
    }

    /// The file is complete: gives out the rest, and is ready for another file.
    pub(crate) fn finish(&mut self, mut out: impl FnMut(&[u8], Density) -> io::Result<()>) -> io::Result<()> {
        let mut rest = self.buffer.as_slice();
        while !rest.is_empty() {
            let at = if let Format::Undecided = self.format { rest.len() } else { chunk::first_chunk(rest) };
            out(&rest[..at], self.density)?;
            rest = &rest[at..];
        }
        self.buffer.clear();
        self.format = Format::Undecided;
        self.density = Density::Unknown;
        self.seen = 0;
        Ok(())
    }

    fn advance(&mut self, out: &mut impl FnMut(&[u8], Density) -> io::Result<()>) -> io::Result<()> {
        let mut start = 0;
        loop {
            let window = &self.buffer[self.seen..];
            let step = match &mut self.format {
                _ if window.is_empty() => Step::More,
                Format::Undecided | Format::Plain => Step::Within(window.len()),
                Format::Zip(regions) => regions.step(window),
                Format::Tar(regions) => regions.step(window),
            };
            match step {
                Step::More => break,
                Step::Within(count) => self.seen += count,
                Step::End(count, density) => {
                    self.seen += count;
                    while start < self.seen {
                        let at = start + chunk::first_chunk(&self.buffer[start..self.seen]);
                        out(&self.buffer[start..at], self.density)?;
                        start = at;
                    }
                    self.density = density;
                }
            }
            // A chunk can be told from its first bytes alone once there are as many as it may have.
            while self.seen - start >= MAX {
                let at = start + chunk::first_chunk(&self.buffer[start..start + MAX]);
                out(&self.buffer[start..at], self.density)?;
                start = at;
            }
        }
        self.buffer.drain(..start);
        self.seen -= start;
        Ok(())
    }
}

fn decide(head: &[u8]) -> Format {
    if head.starts_with(b"PK\x03\x04") {
        Format::Zip(ZipRegions::default())
    } else if head.first_chunk().is_some_and(crate::archive::tar::Header::is_one) {
        Format::Tar(TarRegions::default())
    } else {
        Format::Plain
    }
}

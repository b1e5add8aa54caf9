//! The archive that was uploaded.

use std::io::{self, Write};

use packhorse_model::Digest;

use crate::archive::ArchiveRecipe;
use crate::gzip::GzipRecipe;
use crate::source::ContentSource;
use crate::tree::Tree;

/// What an uploaded archive is given back from, where it was not kept as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Original {
    /// It is put together: a zip, or a tar with nothing around it.
    Plain(ArchiveRecipe),
    /// The tar is put together, and deflated again.
    Gzip(ArchiveRecipe, GzipRecipe),
}

/// Writes the archive that has this digest.
///
/// # Errors
/// Those of the source and of `out`; `InvalidData` if the recipes do not fit the tree, or, at the end, if what was written is not the
/// archive.
pub fn write_original(
    original: &Original,
    archive: &Digest,
    tree: &Tree,
    source: &dyn ContentSource,
    out: impl Write,
) -> io::Result<()> {
    let mut out = Hashing { out, hasher: blake3::Hasher::new() };
    match original {
        Original::Plain(recipe) => {
            io::copy(&mut recipe.read(tree, source)?, &mut out)?;
        }
        Original::Gzip(recipe, gzip) => gzip.regenerate(recipe.read(tree, source)?, &mut out)?,
    }
    let written = Digest::new(*out.hasher.finalize().as_bytes());
    if written != *archive {
        let message = format!("the archive {archive} could not be put together again: what came is {written}");
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    out.flush()
}

struct Hashing<W> {
    out: W,
    hasher: blake3::Hasher,
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

//! Archives for people: the very one that was uploaded, or a tree packed anew.
//!
//! # What must hold
//! - [`write_original`] gives the uploaded bytes or an error, never other bytes without one. It knows only at the end; so a caller who
//!   sends as it writes has to break off without a proper end when an error comes.
//! - Packed anew, a tree is a function of itself: times are fixed, owners are left out. What another tool unpacks is the tree.
//! - Everything streams; nothing seeks.

mod original;
mod zip;

use std::io::{self, Write};

use flate2::{Compression, GzBuilder};

use crate::source::ContentSource;
use crate::transfer::write_tar;
use crate::tree::Tree;

pub use original::{Original, write_original};
pub use zip::write_zip;

/// Fast, and good enough for what is made on request.
const LEVEL: u32 = 6;

/// Writes a tree as `.tar.gz`.
///
/// # Errors
/// Those of the source and of `out`.
pub fn write_tar_gz(tree: &Tree, source: &dyn ContentSource, out: impl Write) -> io::Result<()> {
    let mut encoder = GzBuilder::new().write(out, Compression::new(LEVEL));
    write_tar(tree, source, &mut encoder)?;
    encoder.finish()?.flush()
}

#[cfg(test)]
mod tests;

//! Writing a tree as a stream.

use std::io::{self, Read, Write};

use packhorse_model::Digest;

use super::header::{BLOCK, headers, padding};
use crate::path::EntryPath;
use crate::source::ContentSource;
use crate::tree::{EntryKind, Tree};

/// The level of compression; part of the format.
const LEVEL: i32 = 3;

/// Writes the full transfer of a tree.
///
/// # Errors
/// Those of the source and of `out`. What has been written by then is no valid transfer.
pub fn write_full(tree: &Tree, source: &dyn ContentSource, out: impl Write) -> io::Result<()> {
    let mut encoder = zstd::Encoder::new(out, LEVEL)?;
    encoder.include_checksum(true)?;
    write_tar(tree, source, &mut encoder)?;
    encoder.finish()?.flush()
}

/// Writes the canonical tar of a tree.
///
/// # Errors
/// Those of the source and of `out`.
pub fn write_tar(tree: &Tree, source: &dyn ContentSource, out: impl Write) -> io::Result<()> {
    write_tar_from(tree, |_, digest, size| source.read(digest, size), out)
}

/// The same of files that lie elsewhere: `open` gives the bytes of one, by its path, its digest and its size.
///
/// # Errors
/// Those of `open` and of `out`.
pub(crate) fn write_tar_from<R: Read>(
    tree: &Tree,
    mut open: impl FnMut(&EntryPath, &Digest, u64) -> io::Result<R>,
    mut out: impl Write,
) -> io::Result<()> {
    for entry in tree {
        out.write_all(&headers(entry))?;
        if let EntryKind::File { size: size @ 1.., digest } = &entry.kind {
            let sent = io::copy(&mut open(&entry.path, digest, *size)?.take(size.saturating_add(1)), &mut out)?;
            if sent != *size {
                let message = format!("the stored content of {:?} has not the {size} bytes of its entry", entry.path);
                return Err(io::Error::new(io::ErrorKind::InvalidData, message));
            }
            out.write_all(&[0; BLOCK][..padding(*size)])?;
        }
    }
    out.write_all(&[0; 2 * BLOCK])
}

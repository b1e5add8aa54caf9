//! One small file of an archive, such as its manifest, without unpacking the archive anywhere.

use std::fs::File;
use std::io;

use packhorse_model::Digest;
use packhorse_model::filename::ArchiveFormat;

use super::{ArchiveError, Contents, DigestSink, Limits, Sink, read};
use crate::tree::EntryKind;

/// Reads the archive again, for the file at `path` in its tree; none if there is no such file, or it has more than `most` bytes.
///
/// # Errors
/// As [`super::check`], if the archive is another one by now.
pub fn read_file(
    archive: File,
    format: ArchiveFormat,
    limits: Limits,
    contents: &Contents,
    path: &str,
    most: u64,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    let entries = contents.tree.entries();
    let wanted = match contents.tree.get(path).map(|entry| &entry.kind) {
        Some(EntryKind::File { size, digest }) if *size <= most => *digest,
        _ => return Ok(None),
    };
    // A hard link has no bytes of its own in the archive; any file of the same content will do.
    let has_content = |at: &u32| {
        let kind = usize::try_from(*at).ok().and_then(|at| entries.get(at)).map(|entry| &entry.kind);
        matches!(kind, Some(EntryKind::File { digest, .. }) if *digest == wanted)
    };
    let Some(place) = contents.files.iter().position(has_content) else { return Ok(None) };
    let mut sink = Extract { place, at: 0, most, bytes: Vec::new(), digest: DigestSink::default(), found: None };
    read(archive, format, limits, &mut sink)?;
    Ok((sink.found == Some(wanted)).then_some(sink.bytes))
}

/// Keeps the bytes of the file at one place in the archive's order.
struct Extract {
    place: usize,
    at: usize,
    most: u64,
    bytes: Vec<u8>,
    digest: DigestSink,
    found: Option<Digest>,
}

impl Sink for Extract {
    fn framing(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin(&mut self, size: u64) -> io::Result<()> {
        self.digest.begin(size)
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.at == self.place && (self.bytes.len() + bytes.len()) as u64 <= self.most {
            self.bytes.extend_from_slice(bytes);
        }
        self.digest.data(bytes)
    }

    fn end(&mut self) -> io::Result<Digest> {
        let digest = self.digest.end()?;
        if self.at == self.place {
            self.found = Some(digest);
        }
        self.at += 1;
        Ok(digest)
    }
}

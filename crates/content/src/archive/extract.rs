//! Small files of an archive, such as its manifest, without unpacking the archive anywhere.

use std::collections::HashMap;
use std::io;

use packhorse_model::Digest;
use packhorse_model::filename::ArchiveFormat;

use super::{ArchiveError, Contents, DigestSink, Limits, Sink, read};
use crate::tree::{Entry, EntryKind};

/// Reads the archive again, once, and gives the bytes of the files that have the content of the wanted ones: entries of the tree in `contents`,
/// or of a folder in it. Each is in memory by itself, so that it should be small.
///
/// # Errors
/// As [`super::check`], and if the archive is another one by now.
pub fn read_files(
    archive: impl io::Read + io::Seek,
    format: ArchiveFormat,
    limits: Limits,
    contents: &Contents,
    wanted: &[&Entry],
    take: &mut dyn FnMut(&Entry, &[u8]),
) -> Result<(), ArchiveError> {
    let mut by_content: HashMap<Digest, Vec<&Entry>> = HashMap::new();
    for entry in wanted {
        if let EntryKind::File { digest, .. } = &entry.kind {
            by_content.entry(*digest).or_default().push(entry);
        }
    }
    if by_content.is_empty() {
        return Ok(());
    }
    // A hard link has no bytes of its own in the archive; any file of the same content will do.
    let content = |at: &u32| {
        let kind = usize::try_from(*at).ok().and_then(|at| contents.tree.entries().get(at)).map(|entry| &entry.kind);
        if let Some(EntryKind::File { digest, .. }) = kind { Some(*digest) } else { None }
    };
    let order: Vec<Option<Digest>> = contents.files.iter().map(content).collect();
    let mut sink = Extract { order, at: 0, wanted: by_content, take, bytes: None, digest: DigestSink::default() };
    read(archive, format, limits, &mut sink)?;
    if sink.wanted.is_empty() { Ok(()) } else { Err(ArchiveError::Io(changed())) }
}

fn changed() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the archive changed while it was read")
}

/// Keeps the bytes of a wanted file until it is complete.
struct Extract<'a, 'w> {
    /// The content of each file, in the archive's order.
    order: Vec<Option<Digest>>,
    at: usize,
    /// What is not given yet.
    wanted: HashMap<Digest, Vec<&'w Entry>>,
    take: &'a mut dyn FnMut(&Entry, &[u8]),
    /// Of the file that is being read, if it is wanted.
    bytes: Option<Vec<u8>>,
    digest: DigestSink,
}

impl Sink for Extract<'_, '_> {
    fn framing(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin(&mut self, size: u64) -> io::Result<()> {
        let content = self.order.get(self.at).copied().flatten();
        self.bytes = content.filter(|content| self.wanted.contains_key(content)).map(|_| Vec::new());
        self.digest.begin(size)
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Some(kept) = &mut self.bytes {
            kept.extend_from_slice(bytes);
        }
        self.digest.data(bytes)
    }

    fn end(&mut self) -> io::Result<Digest> {
        let digest = self.digest.end()?;
        self.at += 1;
        if let Some(bytes) = self.bytes.take() {
            for entry in self.wanted.remove(&digest).ok_or_else(changed)? {
                (self.take)(entry, &bytes);
            }
        }
        Ok(digest)
    }
}

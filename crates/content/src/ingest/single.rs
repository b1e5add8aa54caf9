//! Taking in what is no whole version: single files, and the entries of an archive that are put beside others.
//!
//! They are cut and stored as the files of a version are; what reproduces an archive is not kept, since nobody asks for it back.

use std::fs::File;
use std::io::{self, BufReader, Read};

use packhorse_model::Digest;
use packhorse_model::filename::ArchiveFormat;

use super::storer::{FileCutter, Storer};
use super::{IngestError, SegmentIndex, Stored, cut_stream, store};
use crate::archive::{self, BLOCK, Limits, Sink};
use crate::pack::PackStore;
use crate::segment::FileRef;
use crate::tree::Tree;

/// Stores the bytes of a stream as one file.
///
/// # Errors
/// If the stream cannot be read, or what it holds not be stored.
pub fn store_file(
    input: impl Read,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<(FileRef, Stored), IngestError> {
    store(index, packs, |storer| cut_stream(BufReader::with_capacity(BLOCK, input), storer))
}

/// Stores texts as files, in their order.
///
/// # Errors
/// If they cannot be stored.
pub fn store_texts(
    texts: &[&[u8]],
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<(Vec<FileRef>, Stored), IngestError> {
    store(index, packs, |storer| texts.iter().map(|text| storer.file(text).map_err(IngestError::Store)).collect())
}

/// Stores the files of an archive and gives the tree of its entries, with paths as they stand in it.
///
/// # Errors
/// [`IngestError::Refused`] by any rule for archives, else what could not be read or stored.
pub fn store_archive(
    file: File,
    format: ArchiveFormat,
    limits: Limits,
    index: &dyn SegmentIndex,
    packs: &dyn PackStore,
) -> Result<(Tree, Stored), IngestError> {
    store(index, packs, |storer| {
        let contents = archive::read(file, format, limits, &mut FilesOnly { storer, file: FileCutter::default() })?;
        Ok(contents.tree)
    })
}

/// Stores the files of an archive, and forgets what is around them.
struct FilesOnly<'s, 'i> {
    storer: &'s mut Storer<'i>,
    file: FileCutter,
}

impl Sink for FilesOnly<'_, '_> {
    fn framing(&mut self, _bytes: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin(&mut self, size: u64) -> io::Result<()> {
        self.file.begin(size);
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.push(self.storer, bytes)
    }

    fn end(&mut self) -> io::Result<Digest> {
        Ok(self.file.finish(self.storer)?.digest)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;
    use crate::archive::testing;
    use crate::codec::digest_of;
    use crate::pack::MemoryPacks;

    struct Nothing;

    impl SegmentIndex for Nothing {
        fn missing(&self, segments: &[Digest]) -> io::Result<Vec<bool>> {
            Ok(vec![true; segments.len()])
        }
    }

    #[test]
    fn a_file_is_known_by_its_digest() {
        let packs = MemoryPacks::default();
        let (file, stored) = store_file(&b"hello"[..], &Nothing, &packs).unwrap();
        assert_eq!((file.digest, file.size), (digest_of(b"hello"), 5));
        assert_eq!((stored.packs.len(), stored.new_bytes), (1, 5));
        let (files, _) = store_texts(&[b"", b"a", b"a"], &Nothing, &packs).unwrap();
        assert_eq!(files.iter().map(|file| file.size).collect::<Vec<_>>(), [0, 1, 1]);
    }

    #[test]
    fn an_archive_is_taken_in_as_it_stands_and_checked_like_any() {
        let archive = |entries: &[Vec<u8>]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&testing::tar(entries)).unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            store_archive(file, ArchiveFormat::Tar, Limits::default(), &Nothing, &MemoryPacks::default())
        };
        let (tree, _) = archive(&[testing::file("shop/a", b"x")]).unwrap();
        assert_eq!(tree.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>(), ["shop", "shop/a"]);
        let error = archive(&[testing::file("../a", b"x")]).unwrap_err();
        assert!(matches!(error, IngestError::Refused(_)), "{error}");
    }
}

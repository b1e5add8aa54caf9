//! How an uploaded archive is put together again, byte for byte, from the tree and from what is kept beside it.
//!
//! Of a tar, what is between the files (headers, padding, the end) is kept as a file of its own, the *framing*; the files
//! themselves are those of the tree. A zip is kept whole, cut at its members. Compression around a tar is not part of this.

use std::io::{self, Read};

use packhorse_model::Digest;

use crate::codec::{self, FormatError, Reader, put_varint};
use crate::segment::FileRef;
use crate::source::ContentSource;
use crate::tree::{EntryKind, Tree};

const MAGIC: &[u8] = b"PHarchive\x01";
const WHAT: &str = "archive recipe";

/// A run of framing, and the file of the tree that follows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// How many bytes of framing come first.
    pub framing: u64,
    /// The file's index in the tree.
    pub file: u32,
}

/// What reproduces an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveRecipe {
    /// A tar, without the compression around it.
    Tar {
        /// All framing, in one file.
        framing: FileRef,
        /// In order; what framing is left follows the last part.
        parts: Vec<Part>,
    },
    /// The archive is a file.
    Whole(FileRef),
}

impl ArchiveRecipe {
    /// The canonical form in which it is stored.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        let put_file = |out: &mut Vec<u8>, file: &FileRef| {
            put_varint(out, file.size);
            out.extend_from_slice(file.digest.as_bytes());
        };
        match self {
            Self::Whole(file) => {
                put_varint(&mut out, 0);
                put_file(&mut out, file);
            }
            Self::Tar { framing, parts } => {
                put_varint(&mut out, 1);
                put_file(&mut out, framing);
                put_varint(&mut out, parts.len() as u64);
                for part in parts {
                    put_varint(&mut out, part.framing);
                    put_varint(&mut out, u64::from(part.file));
                }
            }
        }
        out
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// If the bytes are not exactly what [`ArchiveRecipe::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(WHAT, MAGIC, bytes)?;
        let kind = reader.varint()?;
        let size = reader.varint()?;
        let file = FileRef { size, digest: reader.digest()? };
        let recipe = match kind {
            0 => Self::Whole(file),
            1 => {
                let count = reader.count(2)?;
                let mut parts = Vec::with_capacity(count);
                for _ in 0..count {
                    let framing = reader.varint()?;
                    let file =
                        u32::try_from(reader.varint()?).map_err(|_| reader.error("a file's number is too large"))?;
                    parts.push(Part { framing, file });
                }
                Self::Tar { framing: file, parts }
            }
            _ => return Err(reader.error("it is of no known kind")),
        };
        reader.end()?;
        Ok(recipe)
    }

    /// BLAKE3 of the stored form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest_of(&self.to_bytes())
    }

    /// Streams the archive: of a tar, the uncompressed tar.
    ///
    /// # Errors
    /// `InvalidData` if the recipe does not fit the tree, else those of the source; so does reading.
    pub fn read<'a>(&self, tree: &Tree, source: &'a dyn ContentSource) -> io::Result<Box<dyn Read + Send + 'a>> {
        match self {
            Self::Whole(file) => source.read(&file.digest, file.size),
            Self::Tar { framing, parts } => {
                let steps = steps(framing.size, parts, tree)?;
                let framing = source.read(&framing.digest, framing.size)?;
                Ok(Box::new(TarReader { source, framing, steps: steps.into_iter(), step: None }))
            }
        }
    }
}

enum Step {
    Framing(u64),
    File(FileRef),
}

fn steps(framing: u64, parts: &[Part], tree: &Tree) -> io::Result<Vec<Step>> {
    let mut left = framing;
    let mut steps = Vec::with_capacity(parts.len() * 2 + 1);
    for part in parts {
        left = left
            .checked_sub(part.framing)
            .ok_or_else(|| FormatError::new(WHAT, "it takes more framing than there is"))?;
        steps.push(Step::Framing(part.framing));
        match tree.entries().get(part.file as usize).map(|entry| &entry.kind) {
            Some(EntryKind::File { size, digest }) => steps.push(Step::File(FileRef { digest: *digest, size: *size })),
            _ => return Err(FormatError::new(WHAT, "it names a file that is not in the tree").into()),
        }
    }
    steps.push(Step::Framing(left));
    Ok(steps)
}

/// What is being read.
enum Open<'a> {
    Framing { left: u64 },
    File { bytes: Box<dyn Read + Send + 'a>, left: u64 },
}

struct TarReader<'a> {
    source: &'a dyn ContentSource,
    framing: Box<dyn Read + Send + 'a>,
    steps: std::vec::IntoIter<Step>,
    step: Option<Open<'a>>,
}

impl Read for TarReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let (bytes, left): (&mut dyn Read, _) = match &mut self.step {
                Some(Open::Framing { left }) if *left > 0 => (&mut self.framing, left),
                Some(Open::File { bytes, left }) if *left > 0 => (bytes, left),
                _ => match self.steps.next() {
                    None => return Ok(0),
                    Some(Step::Framing(left)) => {
                        self.step = Some(Open::Framing { left });
                        continue;
                    }
                    Some(Step::File(file)) => {
                        let bytes = if file.size == 0 {
                            Box::new(io::empty())
                        } else {
                            self.source.read(&file.digest, file.size)?
                        };
                        self.step = Some(Open::File { bytes, left: file.size });
                        continue;
                    }
                },
            };
            let room = usize::try_from(*left).map_or(buffer.len(), |left| left.min(buffer.len()));
            let count = bytes.read(&mut buffer[..room])?;
            if count == 0 && room > 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            *left -= count as u64;
            return Ok(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::tests::digest;
    use crate::source::MemorySource;
    use crate::tree::tests::{directory, file};
    use proptest::prelude::*;

    fn recipe() -> impl Strategy<Value = ArchiveRecipe> {
        let file = || (digest(), any::<u64>()).prop_map(|(digest, size)| FileRef { digest, size });
        let part = (any::<u64>(), any::<u32>()).prop_map(|(framing, file)| Part { framing, file });
        prop_oneof![
            file().prop_map(ArchiveRecipe::Whole),
            (file(), proptest::collection::vec(part, 0..20))
                .prop_map(|(framing, parts)| ArchiveRecipe::Tar { framing, parts }),
        ]
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(recipe in recipe()) {
            prop_assert_eq!(ArchiveRecipe::from_bytes(&recipe.to_bytes()), Ok(recipe));
        }

        #[test]
        fn reads_only_what_it_would_write(mut bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            bytes.splice(0..0, MAGIC.iter().copied());
            if let Ok(recipe) = ArchiveRecipe::from_bytes(&bytes) {
                prop_assert_eq!(recipe.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn the_stored_form_is_frozen() {
        let framing = FileRef { digest: codec::digest_of(b"x"), size: 2048 };
        let parts = vec![Part { framing: 512, file: 3 }, Part { framing: 700, file: 1 }];
        insta::assert_snapshot!(ArchiveRecipe::Tar { framing, parts }.digest(), @"f62b8ad243df30d161bf7dade5ec47353494be9c1eb72f85b08127273df78e65");
        insta::assert_snapshot!(ArchiveRecipe::Whole(framing).digest(), @"9d898c3fef405dc5d84e19919e07e8fdd32899d22a6b3028892293b5458a0098");
    }

    #[test]
    fn puts_framing_and_files_together() {
        let mut source = MemorySource::new();
        let (digest, size) = source.insert(["[a:", "][b:]", "end"]).unwrap();
        source.insert(["AA"]).unwrap();
        let tree = Tree::new(vec![directory("d"), file("d/a", b"AA"), file("d/b", b"")]).unwrap();
        let tar = |parts| ArchiveRecipe::Tar { framing: FileRef { digest, size }, parts };
        let mut text = String::new();
        let recipe = tar(vec![Part { framing: 3, file: 1 }, Part { framing: 4, file: 2 }]);
        recipe.read(&tree, &source).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "[a:AA][b:]end");

        assert!(tar(vec![Part { framing: 3, file: 0 }]).read(&tree, &source).is_err());
        assert!(tar(vec![Part { framing: 3, file: 9 }]).read(&tree, &source).is_err());
        assert!(tar(vec![Part { framing: 12, file: 1 }]).read(&tree, &source).is_err());
    }
}

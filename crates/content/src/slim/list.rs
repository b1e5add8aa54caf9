//! The list at the end of a slim push.

use packhorse_model::Digest;

use crate::codec::{FormatError, Reader, put_bytes, put_varint};
use crate::gzip::GzipRecipe;
use crate::ingest::StoredFile;
use crate::segment::FileRef;

const MAGIC: &[u8] = b"PHslim\x01";
const WHAT: &str = "slim list";
/// The longest recipe of a gzip file, whose header holds a name and a comment.
const MAX_GZIP: usize = 64 << 10;

/// What an archive is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlimList {
    /// BLAKE3 and size of the archive.
    pub archive: FileRef,
    /// The stored form of its [`ArchiveRecipe`](crate::archive::ArchiveRecipe).
    pub recipe: FileRef,
    /// The tree that the recipe of a tar refers to; for other archives it is not looked at.
    pub tree: FileRef,
    /// How the tar was compressed.
    pub gzip: Option<GzipRecipe>,
    /// The recipes of those files of more than one segment that the receiver did not have.
    pub files: Vec<StoredFile>,
}

impl SlimList {
    /// The most bytes that a list may have: that of the largest tree, all of whose files are new.
    pub const MAX_BYTES: usize = 20 << 20;

    /// The form in which it is sent.
    ///
    /// # Errors
    /// If the gzip recipe cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatError> {
        let mut out = MAGIC.to_vec();
        for file in [&self.archive, &self.recipe, &self.tree] {
            put_file(&mut out, file);
        }
        let gzip = self.gzip.as_ref().map(serde_json::to_vec).transpose();
        put_bytes(&mut out, &gzip.map_err(|error| FormatError::new(WHAT, error.to_string()))?.unwrap_or_default());
        let recipes: Vec<(&FileRef, Digest)> =
            self.files.iter().filter_map(|stored| Some((&stored.file, stored.recipe?))).collect();
        put_varint(&mut out, recipes.len() as u64);
        for (file, recipe) in recipes {
            put_file(&mut out, file);
            out.extend_from_slice(recipe.as_bytes());
        }
        Ok(out)
    }

    /// Reads what was sent.
    ///
    /// # Errors
    /// If the bytes are no list.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(WHAT, MAGIC, bytes)?;
        let (archive, recipe, tree) = (file(&mut reader)?, file(&mut reader)?, file(&mut reader)?);
        let gzip = match reader.bytes()? {
            [] => None,
            json if json.len() > MAX_GZIP => return Err(reader.error("its gzip recipe is too long")),
            json => Some(serde_json::from_slice(json).map_err(|error| reader.error(error.to_string()))?),
        };
        let count = reader.count(1 + 32 + 32)?;
        let mut files = Vec::with_capacity(count);
        for _ in 0..count {
            files.push(StoredFile { file: file(&mut reader)?, recipe: Some(reader.digest()?) });
        }
        reader.end()?;
        Ok(Self { archive, recipe, tree, gzip, files })
    }
}

fn put_file(out: &mut Vec<u8>, file: &FileRef) {
    put_varint(out, file.size);
    out.extend_from_slice(file.digest.as_bytes());
}

fn file(reader: &mut Reader<'_>) -> Result<FileRef, FormatError> {
    Ok(FileRef { size: reader.varint()?, digest: reader.digest()? })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::segment::tests::digest;

    fn list() -> impl Strategy<Value = SlimList> {
        let file = || (digest(), any::<u64>()).prop_map(|(digest, size)| FileRef { digest, size });
        let stored = (file(), digest()).prop_map(|(file, recipe)| StoredFile { file, recipe: Some(recipe) });
        (file(), file(), file(), proptest::collection::vec(stored, 0..9))
            .prop_map(|(archive, recipe, tree, files)| SlimList { archive, recipe, tree, gzip: None, files })
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(list in list()) {
            prop_assert_eq!(SlimList::from_bytes(&list.to_bytes().unwrap()), Ok(list));
        }

        #[test]
        fn any_bytes_are_read_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            bytes.splice(0..0, MAGIC.iter().copied());
            let _ = SlimList::from_bytes(&bytes);
        }
    }
}

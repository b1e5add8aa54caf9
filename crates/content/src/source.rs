//! Where content comes from, for everything that reads it: transfers, deltas, downloads.
//!
//! A source gives back exactly the bytes whose digest was asked for, or an error; it never gives other bytes.

use std::collections::HashMap;
use std::io::{self, Read};

use packhorse_model::Digest;

use crate::codec::{self, FormatError};
use crate::segment::{Recipe, Segment};
use crate::tree::Tree;

/// Stored content, by digest.
pub trait ContentSource: Send + Sync {
    /// The segments of a file, in order.
    ///
    /// # Errors
    /// `NotFound` if the source lacks the file, `InvalidData` if what it has is damaged.
    fn recipe(&self, file: &Digest, size: u64) -> io::Result<Recipe>;

    /// The bytes of a segment that is stored by itself, verified.
    ///
    /// # Errors
    /// `NotFound` if the source lacks the segment, `InvalidData` if what it has is damaged.
    fn segment(&self, segment: &Segment) -> io::Result<Vec<u8>>;

    /// The bytes of the segment with this number in a recipe, from the recipe itself or from where it is stored.
    ///
    /// # Errors
    /// As [`ContentSource::segment`]; `UnexpectedEof` if the recipe has no such segment.
    fn piece(&self, recipe: &Recipe, number: usize) -> io::Result<Vec<u8>> {
        match (recipe.inline(number), recipe.segments().get(number)) {
            (Some(bytes), _) => Ok(bytes.to_vec()),
            (None, Some(segment)) => self.segment(segment),
            (None, None) => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    /// Streams a file, one segment in memory at a time.
    ///
    /// # Errors
    /// As [`ContentSource::recipe`]; reading gives the errors of [`ContentSource::piece`].
    fn read(&self, file: &Digest, size: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        let recipe = self.recipe(file, size)?;
        Ok(Box::new(FileReader { source: self, recipe, next: 0, current: io::Cursor::default() }))
    }

    /// Reads a tree that is stored as a file.
    ///
    /// # Errors
    /// As [`ContentSource::read`], and `InvalidData` if the file is no tree.
    fn tree(&self, tree: &Digest, size: u64) -> io::Result<Tree> {
        let mut bytes = Vec::new();
        self.read(tree, size)?.take(size).read_to_end(&mut bytes)?;
        if codec::digest_of(&bytes) != *tree {
            return Err(FormatError::new("tree", format!("its bytes are not those of {tree}")).into());
        }
        Ok(Tree::from_bytes(&bytes)?)
    }
}

struct FileReader<'a, S: ?Sized> {
    source: &'a S,
    recipe: Recipe,
    /// The number of the segment that follows `current`.
    next: usize,
    current: io::Cursor<Vec<u8>>,
}

impl<S: ContentSource + ?Sized> Read for FileReader<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let count = self.current.read(buffer)?;
            if count > 0 || self.next == self.recipe.segments().len() {
                return Ok(count);
            }
            self.current = io::Cursor::new(self.source.piece(&self.recipe, self.next)?);
            self.next += 1;
        }
    }
}

/// Content held in memory: what a test, or a tool that works on a few small files, reads from.
#[derive(Debug, Default)]
pub struct MemorySource {
    recipes: HashMap<Digest, Recipe>,
    segments: HashMap<Digest, Vec<u8>>,
}

impl MemorySource {
    /// An empty source.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that is made of these pieces, in order, and gives its digest and size.
    ///
    /// # Errors
    /// If a piece is longer than a segment may be.
    pub fn insert<P: AsRef<[u8]>>(
        &mut self,
        pieces: impl IntoIterator<Item = P>,
    ) -> Result<(Digest, u64), FormatError> {
        let mut whole = blake3::Hasher::new();
        let mut segments = Vec::new();
        for piece in pieces {
            let piece = piece.as_ref();
            if !piece.is_empty() {
                whole.update(piece);
                let segment = Segment::of(piece)?;
                self.segments.insert(segment.digest, piece.to_vec());
                segments.push(segment);
            }
        }
        let file = Digest::new(*whole.finalize().as_bytes());
        let recipe = Recipe::new(segments)?;
        let size = recipe.size();
        self.recipes.insert(file, recipe);
        Ok((file, size))
    }
}

impl ContentSource for MemorySource {
    fn recipe(&self, file: &Digest, _size: u64) -> io::Result<Recipe> {
        self.recipes.get(file).cloned().ok_or_else(|| not_found("file", file))
    }

    fn segment(&self, segment: &Segment) -> io::Result<Vec<u8>> {
        self.segments.get(&segment.digest).cloned().ok_or_else(|| not_found("segment", &segment.digest))
    }
}

/// The error of a source that lacks something.
pub(crate) fn not_found(what: &str, digest: &Digest) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, format!("{what} {digest} is not stored here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_a_file_over_its_segments() {
        let mut source = MemorySource::new();
        let (file, size) = source.insert(["pack", "", "horse"]).unwrap();
        let mut text = String::new();
        source.read(&file, size).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), size), ("packhorse", 9));
        assert_eq!(file, codec::digest_of(b"packhorse"));
    }

    #[test]
    fn says_what_is_missing() {
        let missing = MemorySource::new().recipe(&codec::digest_of(b""), 0).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}

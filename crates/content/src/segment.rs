//! Segments, the pieces in which content is stored, and recipes, the lists of segments that make a file.
//!
//! A *file* is any run of bytes known by its BLAKE3 digest: a file of a package, a tree, a recipe, an uploaded archive.
//! A file of one segment is that segment: same digest, no recipe of its own. A larger file has a recipe, which is itself
//! stored as a file of one segment. The empty file has no segments and is stored nowhere.

mod chunk;
pub(crate) mod cut;
#[cfg(test)]
mod cut_tests;
mod tar;
mod zip;

use packhorse_model::Digest;

use crate::codec::{self, FormatError, Reader};

const MAGIC: &[u8] = b"PHrecipe\x01";
const WHAT: &str = "recipe";

/// A piece of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Segment {
    /// BLAKE3 of its bytes.
    pub digest: Digest,
    /// How many bytes it has; never 0 within a recipe.
    pub len: u32,
}

impl Segment {
    /// The segment that holds these bytes.
    ///
    /// # Errors
    /// If they are too many for one segment (4 GiB).
    pub fn of(bytes: &[u8]) -> Result<Self, FormatError> {
        let len = u32::try_from(bytes.len()).map_err(|_| FormatError::new("segment", "it is longer than 4 GiB"))?;
        Ok(Self { digest: codec::digest_of(bytes), len })
    }
}

/// A file by its digest, and its size, which is asked for wherever memory or time depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileRef {
    /// BLAKE3 of its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
}

/// Up to this length a segment of a larger file is kept in the recipe itself: a digest and a row would cost as much. Headers in a
/// zip are such segments, half of all that a jar has.
pub const MAX_INLINE: usize = 256;

/// The ordered list of segments that reproduces a file.
///
/// Short segments may be *inline*: their bytes are in the recipe, and nowhere else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recipe {
    segments: Vec<Segment>,
    inline: Vec<Inline>,
    /// The bytes of all inline segments.
    bytes: Vec<u8>,
    size: u64,
}

/// Which segment is inline, and where its bytes begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Inline {
    number: usize,
    start: usize,
}

impl Recipe {
    /// A recipe of these segments, in this order, all of them stored elsewhere.
    ///
    /// # Errors
    /// If a segment is empty.
    pub fn new(segments: Vec<Segment>) -> Result<Self, FormatError> {
        let mut recipe = Self::default();
        segments.into_iter().try_for_each(|segment| recipe.push(segment))?;
        Ok(recipe)
    }

    /// The recipe that needs not be stored: of an empty file, or of a file that is one segment.
    ///
    /// # Errors
    /// If a file of this size cannot be one segment.
    pub fn of_whole_file(file: &Digest, size: u64) -> Result<Self, FormatError> {
        let len = u32::try_from(size).map_err(|_| FormatError::new(WHAT, "one segment holds at most 4 GiB"))?;
        Self::new(if len == 0 { Vec::new() } else { vec![Segment { digest: *file, len }] })
    }

    /// Adds a segment that is stored elsewhere.
    ///
    /// # Errors
    /// If it is empty.
    pub fn push(&mut self, segment: Segment) -> Result<(), FormatError> {
        if segment.len == 0 {
            return Err(FormatError::new(WHAT, "it names an empty segment"));
        }
        // At most 2^32 bytes for each 36-byte element in memory: the sum of what fits in memory fits in 64 bits.
        self.size += u64::from(segment.len);
        self.segments.push(segment);
        Ok(())
    }

    /// Adds a segment and its bytes.
    ///
    /// # Errors
    /// If it is empty, or too long to be inline.
    pub fn push_inline(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        if bytes.len() > MAX_INLINE {
            return Err(FormatError::new(WHAT, "an inline segment is too long"));
        }
        self.push(Segment::of(bytes)?)?;
        self.inline.push(Inline { number: self.segments.len() - 1, start: self.bytes.len() });
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The bytes of the segment with this number, if they are in the recipe.
    #[must_use]
    pub fn inline(&self, number: usize) -> Option<&[u8]> {
        let at = self.inline.binary_search_by_key(&number, |inline| inline.number).ok()?;
        let start = self.inline[at].start;
        self.bytes.get(start..start + self.segments.get(number)?.len as usize)
    }

    /// The segments that are stored elsewhere, in order.
    pub fn stored(&self) -> impl Iterator<Item = &Segment> {
        let mut inline = self.inline.iter().map(|inline| inline.number).peekable();
        self.segments.iter().enumerate().filter_map(move |(number, segment)| match inline.next_if_eq(&number) {
            Some(_) => None,
            None => Some(segment),
        })
    }

    /// The segments in order.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The size of the file that it makes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Whether the recipe has to be stored to be known: the digest and the size of a file of one segment imply it.
    #[must_use]
    pub fn must_be_stored(&self) -> bool {
        self.segments.len() > 1
    }

    /// The canonical form in which it is stored: for each segment its length and whether it is inline, then bytes or digest.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(MAGIC.len() + 5 + self.segments.len() * 35 + self.bytes.len());
        out.extend_from_slice(MAGIC);
        codec::put_varint(&mut out, self.segments.len() as u64);
        let mut inline = self.inline.iter().peekable();
        for (number, segment) in self.segments.iter().enumerate() {
            let len = u64::from(segment.len) << 1;
            if let Some(Inline { start, .. }) = inline.next_if(|inline| inline.number == number) {
                codec::put_varint(&mut out, len | 1);
                out.extend_from_slice(&self.bytes[*start..start + segment.len as usize]);
            } else {
                codec::put_varint(&mut out, len);
                out.extend_from_slice(segment.digest.as_bytes());
            }
        }
        out
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// If the bytes are not exactly what [`Recipe::to_bytes`] writes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FormatError> {
        let mut reader = Reader::new(WHAT, MAGIC, bytes)?;
        let count = reader.count(2)?;
        let mut recipe = Self::default();
        for _ in 0..count {
            let value = reader.varint()?;
            let len = u32::try_from(value >> 1).map_err(|_| reader.error("a segment is longer than 4 GiB"))?;
            if value & 1 == 1 {
                recipe.push_inline(reader.take(len as usize)?)?;
            } else {
                recipe.push(Segment { digest: reader.digest()?, len })?;
            }
        }
        reader.end()?;
        Ok(recipe)
    }

    /// BLAKE3 of the stored form.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest_of(&self.to_bytes())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;

    pub(crate) fn digest() -> impl Strategy<Value = Digest> {
        any::<[u8; 32]>().prop_map(Digest::new)
    }

    fn recipe() -> impl Strategy<Value = Recipe> {
        let stored = (digest(), 1u32..).prop_map(|(digest, len)| (Segment { digest, len }, None));
        let inline = proptest::collection::vec(any::<u8>(), 1..=MAX_INLINE)
            .prop_map(|bytes| (Segment::of(&bytes).unwrap(), Some(bytes)));
        proptest::collection::vec(prop_oneof![stored, inline], 0..50).prop_map(|segments| {
            let mut recipe = Recipe::default();
            for (number, (segment, bytes)) in segments.iter().enumerate() {
                match bytes {
                    Some(bytes) => recipe.push_inline(bytes).unwrap(),
                    None => recipe.push(*segment).unwrap(),
                }
                assert_eq!(recipe.inline(number), bytes.as_deref());
            }
            assert!(
                recipe.stored().eq(segments.iter().filter(|(_, bytes)| bytes.is_none()).map(|(segment, _)| segment))
            );
            assert!(recipe.segments().iter().eq(segments.iter().map(|(segment, _)| segment)));
            recipe
        })
    }

    proptest! {
        #[test]
        fn reads_back_what_it_writes(recipe in recipe()) {
            prop_assert_eq!(Recipe::from_bytes(&recipe.to_bytes()), Ok(recipe));
        }

        #[test]
        fn reads_only_what_it_would_write(mut bytes in proptest::collection::vec(any::<u8>(), 0..200), with_magic: bool) {
            if with_magic {
                bytes.splice(0..0, MAGIC.iter().copied());
            }
            if let Ok(recipe) = Recipe::from_bytes(&bytes) {
                prop_assert_eq!(recipe.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn the_stored_form_is_frozen() {
        let mut recipe = Recipe::new(vec![Segment { digest: codec::digest_of(b"x"), len: 70_000 }]).unwrap();
        recipe.push_inline(b"header").unwrap();
        insta::assert_snapshot!(recipe.digest(), @"c8033a9f9ccdf82642ddf7ec1411797692a8e75ae76432a5ebb0d692d3bb8228");
    }

    #[test]
    fn small_files_need_no_recipe() {
        let digest = codec::digest_of(b"x");
        assert!(!Recipe::of_whole_file(&digest, 1).unwrap().must_be_stored());
        assert_eq!(Recipe::of_whole_file(&digest, 0).unwrap().segments(), []);
        assert!(Recipe::of_whole_file(&digest, 1 << 33).is_err());
        assert!(Recipe::new(vec![Segment { digest, len: 0 }]).is_err());
        assert!(Recipe::default().push_inline(b"").is_err());
        assert!(Recipe::default().push_inline(&[0; MAX_INLINE + 1]).is_err());
    }
}

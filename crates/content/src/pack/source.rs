//! Content out of packs.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use packhorse_model::Digest;

use super::frame::{MAX_RAW, decode};
use super::{PackStore, SegmentLocation};
use crate::codec::digest_of;
use crate::segment::{Recipe, Segment};
use crate::source::{ContentSource, not_found};

/// How many unpacked frames are kept, 1 MiB each: a file reads from two at a time, packed and plain, and several are read at once.
const FRAMES: usize = 8;

/// Bytes of a pack are not those that were written. The cause in the errors of [`PackSource`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("pack {pack} is damaged in the {frame_len} bytes from {frame_offset}: {why}")]
pub struct Damage {
    /// The pack.
    pub pack: Digest,
    /// Where the frame begins.
    pub frame_offset: u32,
    /// How many bytes it takes.
    pub frame_len: u32,
    /// What is wrong.
    pub why: String,
}

impl Damage {
    /// The damage that an error tells of, if it does.
    #[must_use]
    pub fn of(error: &io::Error) -> Option<&Self> {
        error.get_ref().and_then(|cause| cause.downcast_ref())
    }
}

/// Checks the segments of one frame, and gives those that are damaged.
///
/// # Errors
/// If the pack could not be read for another reason than that it, or a part of it, is not there.
pub fn check_frame(store: &dyn PackStore, segments: &[(Digest, SegmentLocation)]) -> io::Result<Vec<Digest>> {
    let Some((_, first)) = segments.first() else { return Ok(Vec::new()) };
    let all = || segments.iter().map(|(digest, _)| *digest).collect();
    let frame = match store.read_range(&first.pack, u64::from(first.frame_offset), first.frame_len as usize) {
        Ok(stored) => decode(&stored, MAX_RAW),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof) => {
            return Ok(all());
        }
        Err(error) => return Err(error),
    };
    let Ok(frame) = frame else { return Ok(all()) };
    let is_sound = |digest: &Digest, at: &SegmentLocation| {
        let start = at.offset_in_frame as usize;
        frame.get(start..).and_then(|rest| rest.get(..at.len as usize)).is_some_and(|bytes| digest_of(bytes) == *digest)
    };
    Ok(segments.iter().filter(|(digest, at)| !is_sound(digest, at)).map(|(digest, _)| *digest).collect())
}

/// Reads what is stored in packs, given where everything lies.
pub struct PackSource<S> {
    store: S,
    recipes: HashMap<Digest, Digest>,
    locations: HashMap<Digest, SegmentLocation>,
    frames: Mutex<VecDeque<CachedFrame>>,
}

struct CachedFrame {
    pack: Digest,
    offset: u32,
    raw: Arc<Vec<u8>>,
}

impl<S: PackStore> PackSource<S> {
    /// A source that knows of nothing yet.
    pub fn new(store: S) -> Self {
        Self { store, recipes: HashMap::new(), locations: HashMap::new(), frames: Mutex::default() }
    }

    /// Tells where segments lie.
    pub fn add_segments(&mut self, segments: impl IntoIterator<Item = (Digest, SegmentLocation)>) {
        self.locations.extend(segments);
    }

    /// Whether it was told where a segment lies.
    #[must_use]
    pub fn has_segment(&self, segment: &Digest) -> bool {
        self.locations.contains_key(segment)
    }

    /// Tells which recipe makes which file; files of one segment have none.
    pub fn add_recipes(&mut self, files: impl IntoIterator<Item = (Digest, Digest)>) {
        self.recipes.extend(files);
    }

    fn bytes(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        let location = self.locations.get(digest).ok_or_else(|| not_found("segment", digest))?;
        let frame = self.frame(location)?;
        let start = location.offset_in_frame as usize;
        let bytes = start.checked_add(location.len as usize).and_then(|end| frame.get(start..end));
        match bytes {
            Some(bytes) if digest_of(bytes) == *digest => Ok(bytes.to_vec()),
            _ => Err(damaged(location, &format!("segment {digest} is not where it should be"))),
        }
    }

    fn frame(&self, location: &SegmentLocation) -> io::Result<Arc<Vec<u8>>> {
        let key = (location.pack, location.frame_offset);
        if let Some(raw) = self.cached(key) {
            return Ok(raw);
        }
        // Two readers may both unpack it; that is cheaper than holding a lock over the read.
        let stored =
            self.store.read_range(&location.pack, u64::from(location.frame_offset), location.frame_len as usize);
        let stored = stored.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => {
                damaged(location, "the pack, or a part of it, is gone")
            }
            _ => error,
        })?;
        let raw = Arc::new(decode(&stored, MAX_RAW).map_err(|error| damaged(location, &error.to_string()))?);
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        frames.truncate(FRAMES - 1);
        frames.push_front(CachedFrame { pack: key.0, offset: key.1, raw: Arc::clone(&raw) });
        Ok(raw)
    }

    /// The frame, if it is at hand; it moves to the front.
    fn cached(&self, key: (Digest, u32)) -> Option<Arc<Vec<u8>>> {
        let mut frames = self.frames.lock().unwrap_or_else(PoisonError::into_inner);
        let at = frames.iter().position(|frame| (frame.pack, frame.offset) == key)?;
        let frame = frames.remove(at)?;
        let raw = Arc::clone(&frame.raw);
        frames.push_front(frame);
        Some(raw)
    }
}

fn damaged(location: &SegmentLocation, why: &str) -> io::Error {
    let SegmentLocation { pack, frame_offset, frame_len, .. } = *location;
    io::Error::new(io::ErrorKind::InvalidData, Damage { pack, frame_offset, frame_len, why: why.to_owned() })
}

impl<S: PackStore> ContentSource for PackSource<S> {
    fn recipe(&self, file: &Digest, size: u64) -> io::Result<Recipe> {
        let Some(digest) = self.recipes.get(file) else {
            return Ok(Recipe::of_whole_file(file, size)?);
        };
        let recipe = Recipe::from_bytes(&self.bytes(digest)?)?;
        if recipe.size() == size {
            Ok(recipe)
        } else {
            let why = format!("the recipe of {file} makes {} bytes, not {size}", recipe.size());
            Err(io::Error::new(io::ErrorKind::InvalidData, why))
        }
    }

    fn segment(&self, segment: &Segment) -> io::Result<Vec<u8>> {
        self.bytes(&segment.digest)
    }
}

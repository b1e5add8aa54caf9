//! Content out of packs.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use packhorse_model::Digest;

use super::frame::decode;
use super::{PackStore, SegmentLocation};
use crate::codec::digest_of;
use crate::segment::{Recipe, Segment};
use crate::source::{ContentSource, not_found};

/// How many unpacked frames are kept, 1 MiB each: a file reads from two at a time, packed and plain, and several are read at once.
const FRAMES: usize = 8;

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
            self.store.read_range(&location.pack, u64::from(location.frame_offset), location.frame_len as usize)?;
        let raw = Arc::new(decode(&stored).map_err(|error| damaged(location, &error.to_string()))?);
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
    let SegmentLocation { pack, frame_offset, frame_len, .. } = location;
    let end = u64::from(*frame_offset) + u64::from(*frame_len);
    io::Error::new(io::ErrorKind::InvalidData, format!("pack {pack} is damaged in bytes {frame_offset}..{end}: {why}"))
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

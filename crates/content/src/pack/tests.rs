//! What goes into packs comes out again, and nothing else does.

use std::io;

use proptest::prelude::*;

use super::*;
use crate::segment::Segment;
use crate::segment::cut::Density;
use crate::source::ContentSource;

fn text(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| b"packhorse "[(at + seed * at / 100) % 10]).collect()
}

/// Stores segments; gives what each pack holds.
fn store(store: &dyn PackStore, segments: &[(Vec<u8>, Density)]) -> Vec<StoredPack> {
    let mut packs = Vec::new();
    let mut writer = PackWriter::new(Filling::KEPT, |pack: StoredPack, bytes: Vec<u8>| {
        store.write(&pack.id, &bytes)?;
        assert_eq!(pack.size, bytes.len() as u64);
        packs.push(pack);
        Ok(())
    })
    .unwrap();
    for (bytes, density) in segments {
        writer.add(Segment::of(bytes).unwrap(), bytes, *density).unwrap();
    }
    writer.finish().unwrap();
    packs
}

fn source<S: PackStore>(store: S, packs: &[StoredPack]) -> PackSource<S> {
    let mut source = PackSource::new(store);
    source.add_segments(
        packs.iter().flat_map(|pack| &pack.segments).map(|(segment, location)| (segment.digest, *location)),
    );
    source
}

fn many() -> Vec<(Vec<u8>, Density)> {
    (1..40).map(|at| (text(at, at * 30_000), if at % 3 == 0 { Density::Packed } else { Density::Unknown })).collect()
}

#[test]
fn gives_back_what_was_stored() {
    let (packs, segments) = (MemoryPacks::default(), many());
    let stored = store(&packs, &segments);
    let source = source(packs, &stored);
    for (bytes, _) in &segments {
        assert_eq!(&source.segment(&Segment::of(bytes).unwrap()).unwrap(), bytes);
    }
    let missing = source.segment(&Segment::of(b"never stored").unwrap()).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
}

#[test]
fn compresses_what_can_be_and_leaves_the_rest() {
    let stored_size = |density| {
        let packs = MemoryPacks::default();
        store(&packs, &[(text(1, 1 << 20), density)])[0].size
    };
    assert!(stored_size(Density::Unknown) < 100_000);
    assert!(stored_size(Density::Packed) > 1 << 20);
}

#[test]
fn packs_are_closed_when_they_are_full() {
    let packs = MemoryPacks::default();
    let segments: Vec<_> =
        (0..40u32).map(|at| ([vec![0; 1 << 20], at.to_le_bytes().to_vec()].concat(), Density::Packed)).collect();
    assert_eq!(store(&packs, &segments).len(), 3);
    assert_eq!(packs.count(), 3);
}

#[test]
fn the_stored_form_is_frozen() {
    let segments = [(text(1, 3000), Density::Packed), (text(2, 500), Density::Packed)];
    insta::assert_snapshot!(store(&MemoryPacks::default(), &segments)[0].id, @"1bd90a006bc7fd8a6c4d9c58bc8a10b8222522b7343e2cb5cd4b56d61dbcdf26");
}

#[test]
fn a_pack_explains_itself() {
    let packs = MemoryPacks::default();
    for pack in store(&packs, &many()) {
        assert_eq!(recover(&packs, &pack.id, PackBounds::NONE).unwrap(), pack.segments);
    }
}

#[test]
fn the_same_segments_make_the_same_pack() {
    let ids = || store(&MemoryPacks::default(), &many()).iter().map(|pack| pack.id).collect::<Vec<_>>();
    assert_eq!(ids(), ids());
}

#[test]
fn a_directory_keeps_packs_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let packs = DirectoryPacks::open(folder.path().join("packs")).unwrap();
    let stored = store(&packs, &many());
    store(&packs, &many());
    for pack in &stored {
        assert_eq!(packs.size(&pack.id).unwrap(), pack.size);
        assert_eq!(recover(&packs, &pack.id, PackBounds::NONE).unwrap(), pack.segments);
        let short = packs.read_range(&pack.id, pack.size - 1, 2).unwrap_err();
        assert_eq!(short.kind(), io::ErrorKind::UnexpectedEof);
    }
    let missing = packs.size(&crate::codec::digest_of(b"")).unwrap_err();
    assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    let names = || walk(folder.path());
    assert_eq!(names().len(), stored.len());
    assert!(names().iter().all(|name| name.ends_with(".pack")), "{:?}", names());
}

fn walk(folder: &std::path::Path) -> Vec<String> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { names.extend(walk(&path)) } else { names.push(path.display().to_string()) }
    }
    names
}

/// A store in which one byte has decayed.
struct Decayed<'a> {
    packs: &'a MemoryPacks,
    at: u64,
}

impl PackStore for Decayed<'_> {
    fn write(&self, pack: &packhorse_model::Digest, bytes: &[u8]) -> io::Result<()> {
        self.packs.write(pack, bytes)
    }

    fn read_range(&self, pack: &packhorse_model::Digest, offset: u64, len: usize) -> io::Result<Vec<u8>> {
        let mut bytes = self.packs.read_range(pack, offset, len)?;
        if let Some(byte) = self.at.checked_sub(offset).and_then(|at| bytes.get_mut(usize::try_from(at).ok()?)) {
            *byte ^= 1;
        }
        Ok(bytes)
    }

    fn size(&self, pack: &packhorse_model::Digest) -> io::Result<u64> {
        self.packs.size(pack)
    }
}

#[test]
fn a_changed_byte_is_found_and_named() {
    let packs = MemoryPacks::default();
    let segments: Vec<_> =
        (1..5).map(|at| (text(at, at * 700), if at == 2 { Density::Packed } else { Density::Unknown })).collect();
    let stored = store(&packs, &segments);
    let pack = &stored[0];
    // The magic at the very beginning is never read.
    for at in MAGIC.len() as u64..pack.size {
        let error = recover(&Decayed { packs: &packs, at }, &pack.id, PackBounds::NONE).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
        assert!(error.to_string().contains(&pack.id.to_string()), "{error}");

        let source = source(Decayed { packs: &packs, at }, &stored);
        for (segment, location) in &pack.segments {
            let is_hit = (location.frame_offset..location.frame_offset + location.frame_len)
                .contains(&u32::try_from(at).unwrap());
            match source.segment(segment) {
                Ok(bytes) => {
                    assert!(!is_hit);
                    assert_eq!(Segment::of(&bytes).unwrap(), *segment);
                }
                Err(error) => {
                    assert!(is_hit);
                    assert!(error.to_string().contains("is damaged in the "), "{error}");
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_frame_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
        prop_assert!(frame::decode(&bytes, frame::MAX_RAW).is_err());
    }
}

#[test]
fn a_pack_from_outside_stays_within_its_bounds() {
    let packs = MemoryPacks::default();
    let pack = &store(&packs, &many())[0];
    let most = PackBounds { bytes: pack.size, frame: 4 << 20, segments: pack.segments.len() };
    assert_eq!(recover(&packs, &pack.id, most).unwrap(), pack.segments);
    for (bounds, why) in [
        (PackBounds { bytes: pack.size - 1, ..most }, "bytes, and may have"),
        (PackBounds { frame: 1 << 20, ..most }, "it is too long"),
        (PackBounds { segments: pack.segments.len() - 1, ..most }, "it has too many segments"),
    ] {
        let error = recover(&packs, &pack.id, bounds).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

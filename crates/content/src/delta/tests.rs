use std::collections::BTreeMap;
use std::io::Write as _;

use proptest::prelude::*;

use super::make::make_within;
use super::*;
use crate::path::EntryPath;
use crate::source::MemorySource;
use crate::stage::tests::{Content, content_of, lay_down};
use crate::stage::{Folder, Stage, StageError};
use crate::tree::{EntryKind, Tree};

/// A host with the old tree on it.
struct Host {
    root: tempfile::TempDir,
}

impl Host {
    fn with(old: &BTreeMap<String, Content>) -> Self {
        let host = Self { root: tempfile::tempdir().unwrap() };
        std::fs::create_dir(host.root.path().join("old")).unwrap();
        lay_down(old, &host.root.path().join("old"));
        host
    }

    fn folder(&self) -> Folder {
        Folder::open(self.root.path()).unwrap()
    }

    /// Applies; gives what was staged, and the paths that are needed.
    fn apply(&self, delta: &[u8], old: &Tree, new: &Tree) -> Result<(Stage, Vec<EntryPath>), DeltaError> {
        let delta = Delta::open(delta, old, &new.digest())?;
        let stage = Stage::begin(&self.folder(), "new", delta.tree().clone())?;
        let needed = delta.apply(&self.folder().folder("old").unwrap(), &stage)?;
        Ok((stage, needed))
    }

    fn discard(&self) {
        crate::stage::discard(&self.folder(), "new").unwrap();
    }

    fn staged(&self) -> BTreeMap<String, Content> {
        content_of(&self.root.path().join("new"))
    }
}

/// A tree of this content, and a source that has it, cut into pieces as a zip or a chunker would.
fn stored(content: &BTreeMap<String, Content>, source: &mut MemorySource) -> Tree {
    let entries = content.iter().map(|(path, content)| {
        if let Content::File { bytes, .. } = content {
            source.insert(bytes.chunks(1000)).unwrap();
        }
        content.entry(path)
    });
    Tree::new(entries.collect()).unwrap()
}

fn make(old: &Tree, new: &Tree, source: &MemorySource) -> Vec<u8> {
    let mut delta = Vec::new();
    let summary = make_delta(old, new, source, &mut delta).unwrap();
    assert_eq!(summary.size, delta.len() as u64);
    assert_eq!(summary.copied + summary.added + summary.literal, summary.bytes);
    delta
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

/// An archive of uncompressed members in which names and numbers stand between noise, as they do in a zip.
fn archive(members: &[(u64, usize)], time: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut directory = Vec::new();
    for (seed, length) in members {
        let name = format!("org/example/application/internal/Class{seed:03}.class");
        write!(directory, "PK\u{1}\u{2}{time:08}{:08}{name}", bytes.len()).unwrap();
        write!(bytes, "PK\u{3}\u{4}{time:08}{name}").unwrap();
        bytes.extend_from_slice(&noise(*seed, *length));
    }
    [bytes, directory].concat()
}

fn files(files: &[(&str, Vec<u8>)]) -> BTreeMap<String, Content> {
    files
        .iter()
        .map(|(path, bytes)| ((*path).to_owned(), Content::File { mode: 0o644, bytes: bytes.clone() }))
        .collect()
}

/// A folder for each that is needed.
fn with_folders(mut content: BTreeMap<String, Content>) -> BTreeMap<String, Content> {
    for path in content.keys().cloned().collect::<Vec<_>>() {
        for ancestor in EntryPath::new(&path).unwrap().ancestors() {
            content.entry(ancestor.to_string()).or_insert(Content::Directory { mode: 0o755 });
        }
    }
    content
}

fn releases() -> (BTreeMap<String, Content>, BTreeMap<String, Content>) {
    let members: Vec<(u64, usize)> = (0..40).map(|seed| (seed, 300 + 70 * usize::try_from(seed).unwrap())).collect();
    let mut rebuilt = members.clone();
    rebuilt.reverse();
    rebuilt[7].0 = 900;
    let old = files(&[
        ("bin/start.sh", b"#!/bin/sh\nexec java -jar ../lib/app-1.0.0.jar\n".to_vec()),
        ("lib/app-1.0.0.jar", archive(&members, 11_111_111)),
        ("lib/same.jar", noise(77, 50_000)),
        ("lib/moved.jar", noise(78, 50_000)),
        ("gone.txt", b"gone".to_vec()),
    ]);
    let new = files(&[
        ("bin/start.sh", b"#!/bin/sh\nexec java -jar ../lib/app-1.0.1.jar\n".to_vec()),
        ("lib/app-1.0.1.jar", archive(&rebuilt, 22_222_222)),
        ("lib/same.jar", noise(77, 50_000)),
        ("lib/ext/moved.jar", noise(78, 50_000)),
        ("lib/twice/a", b"the same new content".repeat(5)),
        ("lib/twice/b", b"the same new content".repeat(5)),
        ("empty", Vec::new()),
    ]);
    (with_folders(old), with_folders(new))
}

#[test]
fn a_rebuilt_archive_costs_what_changed() {
    let (old, new) = releases();
    let mut source = MemorySource::new();
    let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
    let delta = make(&old_tree, &new_tree, &source);
    // 2,890 bytes of one member are new; the other 39 members have moved and have other times.
    assert!(delta.len() < 5_000, "{}", delta.len());
    let host = Host::with(&old);
    let (stage, needed) = host.apply(&delta, &old_tree, &new_tree).unwrap();
    assert_eq!(needed, []);
    assert_eq!(stage.finish().unwrap(), new_tree);
    assert_eq!(host.staged(), new);
}

#[test]
fn content_larger_than_the_window_is_found_where_it_was() {
    let bytes = noise(5, 100_000);
    let mut edited = bytes.clone();
    for at in (0..100_000).step_by(997) {
        edited[at] ^= 1;
    }
    let (old, new) = (files(&[("lib.so", bytes)]), files(&[("lib.so", edited)]));
    let mut source = MemorySource::new();
    let (old, new) = (stored(&old, &mut source), stored(&new, &mut source));
    let bounds = make::Bounds { piece: 5_000, window: 20_000 };
    let summary = make_within(bounds, &old, &new, &source, std::io::sink()).unwrap();
    assert_eq!(summary.literal, 0, "{summary:?}");
}

#[test]
fn no_change_costs_next_to_nothing() {
    let content: BTreeMap<_, _> =
        (0..3000).map(|i| (format!("f{i}"), Content::File { mode: 0o644, bytes: noise(i, 10) })).collect();
    let mut source = MemorySource::new();
    let tree = stored(&content, &mut source);
    assert!(make(&tree, &tree, &source).len() < 100);
}

/// The format is read by hosts of other versions. If this changes, [`DELTA_FORMAT`] has to.
#[test]
fn the_bytes_are_frozen() {
    let old = files(&[("a-1.txt", noise(1, 3000)), ("b", b"b".to_vec())]);
    let mut edited = noise(1, 3000);
    edited[1500] ^= 1;
    edited.extend_from_slice(b"more");
    let new = files(&[("a-2.txt", edited), ("b", b"b".to_vec())]);
    let mut source = MemorySource::new();
    let (old, new) = (stored(&old, &mut source), stored(&new, &mut source));
    let delta = make(&old, &new, &source);
    insta::assert_snapshot!(hex::encode(&delta), @"504864656c746101e748c822739cf1fb9eb021fd3c19e553b3f754af3ec3ffeca4aef3af2e380d8e7cc3b4a32c471d721e7888dc2b4c71bf362901e73b9c139fdba8ff10d80f89e428b52ffd0468950200740405c7340007612d322e747874bc171fe08c91eb7ddaf370ea795001f38084a7841450f5d9dee23f0e5b686cbf8c4504000be8070403a11f00a21f00a11f00100001006d6f7265000200ef4045005e05675a2d3764");
}

#[test]
fn what_was_altered_by_hand_is_asked_for() {
    let (old, new) = releases();
    let mut source = MemorySource::new();
    let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
    let delta = make(&old_tree, &new_tree, &source);
    type Alter<'a> = &'a dyn Fn(&std::path::Path);
    let alterations: [(&str, Alter<'_>, &[&str]); 5] = [
        ("lib/app-1.0.0.jar", &|path| std::fs::write(path, b"patched").unwrap(), &["lib/app-1.0.1.jar"]),
        ("lib/app-1.0.0.jar", &|path| flip(path, 20_000), &["lib/app-1.0.1.jar"]),
        ("lib/same.jar", &|path| flip(path, 0), &["lib/same.jar"]),
        ("lib/moved.jar", &|path| std::fs::remove_file(path).unwrap(), &["lib/ext/moved.jar"]),
        ("lib/same.jar", &replace_by_link, &["lib/same.jar"]),
    ];
    for (path, alter, expected) in alterations {
        let host = Host::with(&old);
        alter(&host.root.path().join("old").join(path));
        let (stage, needed) = host.apply(&delta, &old_tree, &new_tree).unwrap();
        assert_eq!(needed.iter().map(EntryPath::as_str).collect::<Vec<_>>(), expected);
        assert_eq!(stage.missing().map(|entry| entry.path.clone()).collect::<Vec<_>>(), needed);
        for path in needed {
            let Some(Content::File { bytes, .. }) = new.get(path.as_str()) else { panic!("{path} is a file") };
            stage.hand().put(path.as_str(), &bytes[..]).unwrap();
        }
        stage.finish().unwrap();
        assert_eq!(host.staged(), new);
    }
}

fn flip(path: &std::path::Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 1;
    std::fs::write(path, bytes).unwrap();
}

fn replace_by_link(path: &std::path::Path) {
    let aside = path.with_extension("aside");
    std::fs::rename(path, &aside).unwrap();
    std::os::unix::fs::symlink(&aside, path).unwrap();
}

#[test]
fn other_trees_are_refused_before_anything_is_written() {
    let (old, new) = releases();
    let mut source = MemorySource::new();
    let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
    let delta = make(&old_tree, &new_tree, &source);
    let refused = |from: &Tree, to: &Tree| Delta::open(&delta[..], from, &to.digest()).err().unwrap();
    assert!(matches!(refused(&new_tree, &new_tree), DeltaError::OtherTrees { .. }));
    assert!(matches!(refused(&old_tree, &old_tree), DeltaError::OtherTrees { .. }));
}

#[test]
fn a_delta_that_lies_about_content_is_damaged_and_not_a_reason_to_fetch() {
    let old = files(&[("a", noise(1, 3000))]);
    let new = files(&[("a", [noise(1, 3000), b"honest".to_vec()].concat())]);
    let mut source = MemorySource::new();
    let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
    let delta = make(&old_tree, &new_tree, &source);
    let mut frame = zstd::decode_all(&delta[72..]).unwrap();
    let at = frame.windows(6).position(|window| window == b"honest").unwrap();
    frame[at] = b'd';
    let forged = [&delta[..72], &zstd::encode_all(&frame[..], 1).unwrap()].concat();
    let host = Host::with(&old);
    assert!(
        matches!(host.apply(&forged, &old_tree, &new_tree), Err(DeltaError::Damaged(path)) if path.as_str() == "a")
    );
}

/// A content of some files, of which each has a seed and edits.
fn contents() -> impl Strategy<Value = BTreeMap<String, Content>> {
    let path = "(lib/|conf/|lib/ext/)?[ab]-[0-9]\\.(jar|txt)";
    let edit = (0usize..6000, any::<u8>(), 0usize..40);
    let bytes = (0u64..4, 0usize..6000, proptest::collection::vec(edit, 0..4));
    let file = (bytes, 0u16..0o10).prop_map(|((seed, length, edits), mode)| {
        let mut bytes = noise(seed, 6000);
        bytes.truncate(length);
        for (at, byte, insert) in edits {
            let at = at.min(bytes.len());
            bytes.splice(at..at, std::iter::repeat_n(byte, insert));
        }
        Content::File { mode: 0o600 | mode, bytes }
    });
    let link = Just(Content::Symlink { target: "lib".to_owned() });
    let entry = prop_oneof![9 => file, 1 => link];
    proptest::collection::btree_map(path, entry, 0..8).prop_map(with_folders)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_applied_is_the_new_tree(old in contents(), new in contents()) {
        let mut source = MemorySource::new();
        let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
        let delta = make(&old_tree, &new_tree, &source);
        let host = Host::with(&old);
        let (stage, needed) = host.apply(&delta, &old_tree, &new_tree).unwrap();
        prop_assert_eq!(needed, []);
        stage.finish().unwrap();
        prop_assert_eq!(host.staged(), new);
    }

    #[test]
    fn what_is_larger_than_memory_is_made_in_pieces(
        old in contents(), new in contents(), piece in 1usize..3000, window in 64u64..5000,
    ) {
        let mut source = MemorySource::new();
        let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
        let mut delta = Vec::new();
        make_within(make::Bounds { piece, window }, &old_tree, &new_tree, &source, &mut delta).unwrap();
        let host = Host::with(&old);
        let (stage, needed) = host.apply(&delta, &old_tree, &new_tree).unwrap();
        prop_assert_eq!(needed, []);
        stage.finish().unwrap();
        prop_assert_eq!(host.staged(), new);
    }

    #[test]
    fn an_altered_host_never_ends_with_anything_else(
        old in contents(), new in contents(), which: prop::sample::Index, at: prop::sample::Index, cut: bool,
    ) {
        let mut source = MemorySource::new();
        let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
        let delta = make(&old_tree, &new_tree, &source);
        let host = Host::with(&old);
        let files: Vec<_> = old_tree.iter().filter(|entry| matches!(entry.kind, EntryKind::File { size: 1.., .. })).collect();
        if !files.is_empty() {
            let path = host.root.path().join("old").join(files[which.index(files.len())].path.as_str());
            let mut bytes = std::fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            if cut { bytes.truncate(at) } else { bytes[at] ^= 0x10 }
            std::fs::write(&path, bytes).unwrap();
        }
        let (stage, needed) = host.apply(&delta, &old_tree, &new_tree).unwrap();
        for path in needed {
            let Some(Content::File { bytes, .. }) = new.get(path.as_str()) else { panic!("{path} is a file") };
            stage.hand().put(path.as_str(), &bytes[..]).unwrap();
        }
        stage.finish().unwrap();
        prop_assert_eq!(host.staged(), new);
    }

    /// Damage inside the compressed frame, under its checksum: what only someone who forges a delta can do.
    #[test]
    fn a_forged_delta_makes_the_new_tree_or_an_error(
        old in contents(), new in contents(), damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut source = MemorySource::new();
        let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
        let delta = make(&old_tree, &new_tree, &source);
        let mut frame = zstd::decode_all(&delta[72..]).unwrap();
        for (at, byte) in damage {
            let at = at.index(frame.len());
            frame[at] = byte;
        }
        if let Some(cut) = cut {
            frame.truncate(cut.index(frame.len()));
        }
        let forged = [&delta[..72], &zstd::encode_all(&frame[..], 1).unwrap()].concat();
        let host = Host::with(&old);
        if let Ok((stage, needed)) = host.apply(&forged, &old_tree, &new_tree)
            && needed.is_empty()
        {
            stage.finish().unwrap();
            prop_assert_eq!(host.staged(), new);
        }
    }

    #[test]
    fn a_damaged_transfer_is_an_error(at: prop::sample::Index, bit in 0u8..8, cut: bool) {
        let (old, new) = releases();
        let mut source = MemorySource::new();
        let (old_tree, new_tree) = (stored(&old, &mut source), stored(&new, &mut source));
        let mut delta = make(&old_tree, &new_tree, &source);
        let at = at.index(delta.len());
        if cut { delta.truncate(at) } else { delta[at] ^= 1 << bit }
        let host = Host::with(&old);
        match host.apply(&delta, &old_tree, &new_tree) {
            // Some bits of a zstd frame mean nothing.
            Ok((stage, needed)) => {
                prop_assert!(!cut && needed.is_empty());
                stage.finish().unwrap();
                prop_assert_eq!(host.staged(), new);
            }
            Err(DeltaError::Stage(StageError::Write { path, source })) => panic!("{path}: {source}"),
            Err(_) => host.discard(),
        }
    }

    #[test]
    fn any_bytes_are_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..300), dressed: bool) {
        let tree = Tree::default();
        if dressed {
            let digest = *tree.digest().as_bytes();
            let frame = zstd::encode_all(&bytes[..], 1).unwrap();
            bytes = [&MAGIC[..], &digest, &digest, &frame].concat();
        }
        let host = Host::with(&BTreeMap::new());
        if let Ok((stage, _)) = host.apply(&bytes, &tree, &tree) {
            stage.finish().unwrap();
        }
    }
}

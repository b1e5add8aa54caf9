use std::collections::BTreeMap;
use std::process::Command;

use proptest::prelude::*;

use super::header::{BLOCK, headers};
use super::*;
use crate::codec::digest_of;
use crate::source::MemorySource;
use crate::stage::tests::{Content, content_of, tree_of};
use crate::stage::{Folder, Stage, StageError};
use crate::tree::Tree;

fn sample() -> BTreeMap<String, Content> {
    let long = format!("{}/{}", "d".repeat(90), "n".repeat(90));
    let longer = format!("{}/{}", "d".repeat(90), "名".repeat(60));
    let directory = Content::Directory { mode: 0o755 };
    let file = |mode, bytes: &[u8]| Content::File { mode, bytes: bytes.to_vec() };
    BTreeMap::from([
        ("bin".to_owned(), directory.clone()),
        ("bin/start.sh".to_owned(), file(0o755, b"#!/bin/sh\n")),
        ("d".repeat(90), directory),
        (long, file(0o600, &[7; 512])),
        (longer, file(0o644, &[8; 513])),
        ("current".to_owned(), Content::Symlink { target: "bin".to_owned() }),
        ("far".to_owned(), Content::Symlink { target: format!("{}/{}", "x".repeat(80), "y".repeat(80)) }),
        ("empty".to_owned(), file(0o444, b"")),
    ])
}

fn stored(content: &BTreeMap<String, Content>) -> (Tree, MemorySource) {
    let mut source = MemorySource::new();
    for content in content.values() {
        if let Content::File { bytes, .. } = content {
            source.insert([bytes]).unwrap();
        }
    }
    (tree_of(content), source)
}

fn full(content: &BTreeMap<String, Content>) -> (Tree, Vec<u8>) {
    let (tree, source) = stored(content);
    let mut bytes = Vec::new();
    write_full(&tree, &source, &mut bytes).unwrap();
    (tree, bytes)
}

fn take_in(bytes: &[u8], tree: &Tree) -> Result<BTreeMap<String, Content>, FullError> {
    let root = tempfile::tempdir().unwrap();
    let stage = Stage::begin(&Folder::open(root.path()).unwrap(), "staged", tree.clone())?;
    read_full(bytes, &stage)?;
    stage.finish()?;
    Ok(content_of(&root.path().join("staged")))
}

#[test]
fn comes_back_as_it_was() {
    let (tree, bytes) = full(&sample());
    assert_eq!(take_in(&bytes, &tree).unwrap(), sample());
    let (tree, bytes) = full(&BTreeMap::new());
    assert_eq!(take_in(&bytes, &tree).unwrap(), BTreeMap::new());
}

/// Transfers are cached and resumed by range. If this changes, [`FULL_FORMAT`] has to.
#[test]
fn the_bytes_are_frozen() {
    let (tree, source) = stored(&sample());
    let mut tar = Vec::new();
    write_tar(&tree, &source, &mut tar).unwrap();
    insta::assert_snapshot!(digest_of(&tar), @"8f30560222da47cee4764b95054780f46aea9e1c160328543caeb3f1cfb9a6ab");
    insta::assert_snapshot!(digest_of(&full(&sample()).1), @"93936dd4a64f49e88dcd33bcfda8b11410f12e852d6b6fd3e74e1ab858ea9106");
    assert_eq!(FULL_FORMAT, 1);
}

#[test]
fn the_tar_library_reads_it() {
    let (_, bytes) = full(&sample());
    let mut archive = tar::Archive::new(zstd::Decoder::new(&bytes[..]).unwrap());
    let mut found = BTreeMap::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header().clone();
        assert_eq!((header.uid().unwrap(), header.gid().unwrap(), header.mtime().unwrap()), (0, 0, 0));
        let path = entry.path().unwrap().to_str().unwrap().trim_end_matches('/').to_owned();
        let mode = u16::try_from(header.mode().unwrap()).unwrap();
        let content = match header.entry_type() {
            tar::EntryType::Directory => Content::Directory { mode },
            tar::EntryType::Symlink => {
                let target = entry.link_name().unwrap().unwrap().into_owned().into_os_string().into_string().unwrap();
                Content::Symlink { target }
            }
            _ => {
                let mut bytes = Vec::new();
                std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
                Content::File { mode, bytes }
            }
        };
        found.insert(path, content);
    }
    assert_eq!(found, sample());
}

#[test]
fn the_tar_command_unpacks_it() {
    let (tree, source) = stored(&sample());
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("full.tar");
    write_tar(&tree, &source, std::fs::File::create(&path).unwrap()).unwrap();
    let out = root.path().join("out");
    std::fs::create_dir(&out).unwrap();
    let command =
        Command::new("tar").args(["--same-permissions", "-xf"]).arg(&path).arg("-C").arg(&out).output().unwrap();
    assert_eq!((command.status.success(), String::from_utf8_lossy(&command.stderr).as_ref()), (true, ""));
    assert_eq!(content_of(&out), sample());
}

#[test]
fn says_sizes_that_ustar_cannot() {
    let digest = digest_of(b"");
    let entry = |size| crate::tree::Entry {
        path: crate::path::EntryPath::new("big").unwrap(),
        mode: 0o644,
        kind: crate::tree::EntryKind::File { size, digest },
    };
    assert_eq!(headers(&entry((8 << 30) - 1)).len(), BLOCK);
    let blocks = headers(&entry(8 << 30));
    assert_eq!(blocks.len(), 3 * BLOCK);
    let record = b"19 size=8589934592\n";
    assert_eq!(&blocks[BLOCK..BLOCK + record.len()], record);
}

#[test]
fn another_tree_is_refused() {
    let (_, bytes) = full(&sample());
    let mut other = sample();
    other.insert("bin/start.sh".to_owned(), Content::File { mode: 0o700, bytes: b"#!/bin/sh\n".to_vec() });
    assert!(matches!(take_in(&bytes, &tree_of(&other)), Err(FullError::Other(path)) if path == "bin/start.sh"));

    let mut shorter = sample();
    shorter.remove("far");
    assert!(matches!(take_in(&bytes, &tree_of(&shorter)), Err(FullError::Other(_))));

    let mut wrong = sample();
    wrong.insert("bin/start.sh".to_owned(), Content::File { mode: 0o755, bytes: b"#!/bin/bsh".to_vec() });
    assert!(matches!(take_in(&bytes, &tree_of(&wrong)), Err(FullError::Stage(StageError::Content { .. }))));
}

#[test]
fn nothing_may_follow() {
    let (tree, bytes) = full(&sample());
    assert!(take_in(&[&bytes[..], b"x"].concat(), &tree).is_err());
    assert!(take_in(&[&bytes[..], &bytes].concat(), &tree).is_err());
}

#[test]
fn content_of_another_size_is_not_sent() {
    let (tree, _) = stored(&sample());
    assert!(write_full(&tree, &MemorySource::new(), std::io::sink()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_damaged_transfer_is_an_error(at: prop::sample::Index, bit in 0u8..8, cut: bool) {
        let (tree, mut bytes) = full(&sample());
        let at = at.index(bytes.len());
        if cut { bytes.truncate(at) } else { bytes[at] ^= 1 << bit }
        match take_in(&bytes, &tree) {
            // Some bits of a zstd frame mean nothing.
            Ok(content) => prop_assert!(!cut && content == sample()),
            Err(FullError::Stage(StageError::Write { path, source })) => panic!("{path}: {source}"),
            Err(_) => {}
        }
    }
}

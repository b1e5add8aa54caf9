use std::io::Seek as _;

use flate2::write::GzEncoder;
use packhorse_model::filename::ArchiveFormat;

use super::*;
use crate::archive::{ArchiveRecipe, Limits, Part, check};
use crate::codec::digest_of;
use crate::gzip::prove;
use crate::segment::FileRef;
use crate::source::MemorySource;
use crate::tree::tests::{directory, file, link};
use crate::tree::{Entry, Tree};

const SCRIPT: &[u8] = b"#!/bin/sh\nexec ./shop-web\n";

fn sample() -> (Tree, MemorySource) {
    let mut source = MemorySource::new();
    source.insert([SCRIPT]).unwrap();
    let entries = vec![
        directory("bin"),
        Entry { mode: 0o755, ..file("bin/start.sh", SCRIPT) },
        Entry { mode: 0o700, ..directory("数据") },
        Entry { mode: 0o600, ..file("数据/empty", b"") },
        link("current", "bin/start.sh"),
    ];
    (Tree::new(entries).unwrap(), source)
}

/// The tree that an archive holds, by our own reader.
fn tree_in(bytes: &[u8], format: ArchiveFormat) -> Tree {
    let mut archive = tempfile::tempfile().unwrap();
    archive.write_all(bytes).unwrap();
    archive.rewind().unwrap();
    check(archive, format, Limits::default()).unwrap().tree
}

#[test]
fn a_tree_comes_back_from_tar_gz() {
    let (tree, source) = sample();
    let mut bytes = Vec::new();
    write_tar_gz(&tree, &source, &mut bytes).unwrap();
    assert_eq!(tree_in(&bytes, ArchiveFormat::TarGz), tree);
}

#[test]
fn a_tree_comes_back_from_zip() {
    let (tree, source) = sample();
    let mut bytes = Vec::new();
    write_zip(&tree, &source, &mut bytes).unwrap();
    assert_eq!(tree_in(&bytes, ArchiveFormat::Zip), tree);
    insta::assert_snapshot!(digest_of(&bytes), @"165a6265b5fb2c1b168cb905c64f3f2c9e330b835f3b8cb2ca928f6735c9b5d4");
}

/// A tar as another tool writes it, in parts: framing and files.
fn uploaded(source: &mut MemorySource, tree: &Tree) -> (Vec<u8>, ArchiveRecipe) {
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(SCRIPT.len() as u64);
    header.set_mode(0o755);
    header.set_mtime(1_700_000_000);
    header.set_username("builder").unwrap();
    builder.append_data(&mut header, "bin/start.sh", SCRIPT).unwrap();
    let tar = builder.into_inner().unwrap();
    let (digest, size) = source.insert([&tar[..512], &tar[512 + SCRIPT.len()..]]).unwrap();
    let file = u32::try_from(tree.index_of("bin/start.sh").unwrap()).unwrap();
    let recipe = ArchiveRecipe::Tar { framing: FileRef { digest, size }, parts: vec![Part { framing: 512, file }] };
    (tar, recipe)
}

fn written(original: &Original, archive: &[u8], tree: &Tree, source: &MemorySource) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    write_original(original, &digest_of(archive), tree, source, &mut out)?;
    Ok(out)
}

#[test]
fn the_uploaded_archive_comes_back_bit_for_bit() {
    let (tree, mut source) = sample();
    let (tar, recipe) = uploaded(&mut source, &tree);
    assert_eq!(written(&Original::Plain(recipe.clone()), &tar, &tree, &source).unwrap(), tar);

    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&tar).unwrap();
    let archive = encoder.finish().unwrap();
    let gzip = prove(|| Ok(&archive[..])).unwrap().unwrap();
    assert_eq!(written(&Original::Gzip(recipe, gzip), &archive, &tree, &source).unwrap(), archive);
}

#[test]
fn other_bytes_are_an_error() {
    let (tree, mut source) = sample();
    let (tar, recipe) = uploaded(&mut source, &tree);
    let error = written(&Original::Plain(recipe), &tar[1..], &tree, &source).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

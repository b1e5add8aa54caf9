//! What was cut and sent makes the archive again.

use std::collections::HashSet;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use packhorse_model::filename::ArchiveFormat;

use super::*;
use crate::archive::Limits;
use crate::ingest::IngestOptions;
use crate::pack::{MemoryPacks, PackBounds, PackStore, recover};

fn options(format: ArchiveFormat) -> IngestOptions {
    IngestOptions {
        format,
        file_name: String::new(),
        package: "shop".into(),
        version: "1.0.0".into(),
        limits: Limits::default(),
    }
}

fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gz(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn cut(bytes: &[u8], format: ArchiveFormat) -> Result<(SlimArchive, tempfile::TempDir), SlimError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("archive");
    std::fs::write(&file, bytes).unwrap();
    Ok((SlimArchive::cut(&file, &options(format), &folder.path().join("packs"))?, folder))
}

#[test]
fn packs_hold_what_is_wanted_and_nothing_else() {
    let big: Vec<u8> = (0..400_000u32).flat_map(|at| at.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let archive = gz(&tar(&[("shop/a", b"AAA"), ("shop/big", &big)]), 9);
    let (slim, _folder) = cut(&archive, ArchiveFormat::TarGz).unwrap();
    assert_eq!(u8::from(slim.gzip().unwrap().level()), 9);
    let file = slim.files().iter().find(|stored| stored.file.size == big.len() as u64).unwrap();
    let segments = slim.segments_of(file).unwrap();
    assert!(segments.len() > 1);
    let wanted: HashSet<_> = segments.into_iter().chain(file.recipe).collect();
    let (packs, mut ids) = (MemoryPacks::default(), Vec::new());
    slim.pack(&wanted, |pack, bytes| {
        ids.push(pack.id);
        packs.write(&pack.id, &bytes)
    })
    .unwrap();
    let sent = ids.iter().flat_map(|id| recover(&packs, id, PackBounds::SENT).unwrap());
    assert_eq!(sent.map(|(segment, _)| segment.digest).collect::<HashSet<_>>(), wanted);

    let list = slim.list(slim.files());
    assert_eq!(list.archive.digest, crate::digest_of(&archive));
    assert_eq!(SlimList::from_bytes(&list.to_bytes().unwrap()), Ok(list));
}

#[test]
fn what_no_recipe_makes_again_is_not_slim() {
    let mut other = gz(&tar(&[("shop/a", b"AAA")]), 6);
    // A stored block in front: nothing that zlib itself writes.
    other.splice(10..10, [0, 0, 0, 0xff, 0xff]);
    assert!(matches!(cut(&other, ArchiveFormat::TarGz), Err(SlimError::NoRecipe)));
    assert!(matches!(cut(b"any", ArchiveFormat::TarXz), Err(SlimError::NoRecipe)));
    assert!(matches!(cut(b"no tar", ArchiveFormat::Tar), Err(SlimError::Ingest(_))));
}

//! From an archive to the store and back.

use std::collections::HashSet;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::sync::Mutex;

use packhorse_model::Layout;
use proptest::prelude::*;

use super::*;
use crate::archive::testing::{self, Member, entry, file, folder, gzip, hard_link, member, symlink, tar, zip};
use crate::codec::digest_of;
use crate::pack::{MemoryPacks, PackSource, SegmentLocation};
use crate::source::ContentSource;

/// What is stored so far, as a server's database knows it.
#[derive(Default)]
struct Rows {
    segments: Mutex<Vec<(Digest, SegmentLocation)>>,
    recipes: Mutex<Vec<(Digest, Digest)>>,
}

impl Rows {
    fn add(&self, ingested: &Ingested) {
        let segments = ingested
            .packs
            .iter()
            .flat_map(|pack| &pack.segments)
            .map(|(segment, location)| (segment.digest, *location));
        self.segments.lock().unwrap().extend(segments);
        let recipes = ingested.files.iter().filter_map(|stored| Some((stored.file.digest, stored.recipe?)));
        self.recipes.lock().unwrap().extend(recipes);
    }
}

impl SegmentIndex for Rows {
    fn missing(&self, segments: &[Digest]) -> io::Result<Vec<bool>> {
        let known: HashSet<Digest> = self.segments.lock().unwrap().iter().map(|(digest, _)| *digest).collect();
        Ok(segments.iter().map(|segment| !known.contains(segment)).collect())
    }
}

#[derive(Default)]
struct Store {
    rows: Rows,
    packs: MemoryPacks,
}

impl Store {
    fn push(&self, format: ArchiveFormat, bytes: &[u8]) -> Result<Ingested, IngestError> {
        let options = IngestOptions {
            format,
            file_name: format!("shop{}", format.suffix()),
            package: "shop".to_owned(),
            version: "1.0.0".to_owned(),
            limits: Limits { entries: 1000, bytes: 1 << 30 },
        };
        let input = match Container::of(format) {
            Container::Zip => {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(bytes).unwrap();
                file.seek(SeekFrom::Start(7)).unwrap();
                ArchiveInput::File(file)
            }
            _ => ArchiveInput::Stream(Box::new(bytes)),
        };
        let ingested = ingest(input, &options, &self.rows, &self.packs)?;
        self.rows.add(&ingested);
        Ok(ingested)
    }

    /// Everything that is stored.
    fn source(&self) -> PackSource<&MemoryPacks> {
        let mut source = PackSource::new(&self.packs);
        source.add_segments(self.rows.segments.lock().unwrap().iter().copied());
        source.add_recipes(self.rows.recipes.lock().unwrap().iter().copied());
        source
    }

    fn read(&self, file: FileRef) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.source().read(&file.digest, file.size).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!((digest_of(&bytes), bytes.len() as u64), (file.digest, file.size));
        bytes
    }

    /// The archive, from nothing but what is stored; of a tar, uncompressed.
    fn reproduce(&self, ingested: &Ingested) -> Vec<u8> {
        let source = self.source();
        let tree = source.tree(&ingested.tree_file.digest, ingested.tree_file.size).unwrap();
        assert_eq!(tree, ingested.tree);
        let recipe = ArchiveRecipe::from_bytes(&self.read(ingested.archive_recipe)).unwrap();
        let mut bytes = Vec::new();
        recipe.read(&tree, &source).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}

fn paths(tree: &Tree) -> String {
    tree.iter().map(|entry| entry.path.as_str()).collect::<Vec<_>>().join(" ")
}

fn shop() -> Vec<Vec<u8>> {
    vec![
        folder("shop_1.0.0/"),
        entry(b'0', "shop_1.0.0/bin/start.sh", "", 0o755, b"#!/bin/sh\n"),
        file("shop_1.0.0/lib/big.so", &noise(1, 900_000)),
        hard_link("shop_1.0.0/lib/same.so", "shop_1.0.0/lib/big.so"),
        file("shop_1.0.0/empty", b""),
        symlink("current", "shop_1.0.0"),
    ]
}

#[test]
fn a_tar_comes_back_byte_for_byte() {
    let store = Store::default();
    let plain = tar(&shop());
    let packed = gzip(&plain);
    let ingested = store.push(ArchiveFormat::TarGz, &packed).unwrap();
    assert_eq!(store.reproduce(&ingested), plain);

    insta::assert_snapshot!(paths(&ingested.tree), @"bin bin/start.sh empty lib lib/big.so lib/same.so");
    assert_eq!(
        ingested.payload.as_ref().map(|payload| (payload.folder.as_str(), payload.layout)),
        Some(("shop_1.0.0", Some(Layout::Symlink)))
    );
    assert_eq!((ingested.archive.blake3, ingested.archive.size), (digest_of(&packed), packed.len() as u64));
    assert_eq!(ingested.tree_file.digest, ingested.tree.digest());
    for entry in &ingested.tree {
        if let EntryKind::File { size, digest } = entry.kind {
            store.read(FileRef { digest, size });
        }
    }
}

#[test]
fn the_digests_are_those_of_the_upload() {
    let ingested = Store::default().push(ArchiveFormat::Tar, &tar(&[file("a", b"")])).unwrap();
    insta::assert_snapshot!(hex(&ingested.archive.sha256), @"c9fcf510dfb6d69cf04484ad08fa67458825dde7b78281da1105b24ae463eab1");
    insta::assert_snapshot!(hex(&ingested.archive.md5), @"b4447e28f7031d44ee9f05c95d53618f");
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_compression_gives_the_same_tree() {
    let plain = tar(&shop());
    let bzip2 = {
        let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        out.write_all(&plain).unwrap();
        out.finish().unwrap()
    };
    let xz = {
        let mut out = liblzma::write::XzEncoder::new(Vec::new(), 0);
        out.write_all(&plain).unwrap();
        out.finish().unwrap()
    };
    let store = Store::default();
    let first = store.push(ArchiveFormat::Tar, &plain).unwrap();
    for (format, bytes) in [
        (ArchiveFormat::TarGz, gzip(&plain)),
        (ArchiveFormat::TarBz2, bzip2),
        (ArchiveFormat::TarXz, xz),
        (ArchiveFormat::TarZst, zstd::encode_all(&plain[..], 3).unwrap()),
    ] {
        let again = store.push(format, &bytes).unwrap();
        assert_eq!((again.tree_file, again.archive_recipe), (first.tree_file, first.archive_recipe), "{format:?}");
        assert_eq!((again.packs.len(), again.new_bytes), (0, 0), "{format:?}");
    }
}

#[test]
fn a_second_version_stores_what_changed() {
    let store = Store::default();
    let jar = |class: &[u8]| {
        let mut members: Vec<_> =
            (0..50).map(|_| noise(2, 3000)).enumerate().map(|(at, data)| (format!("c{at}"), data)).collect();
        members[25].1 = class.to_vec();
        testing::zip(&members.iter().map(|(name, data)| member(name, data)).collect::<Vec<_>>())
    };
    let push = |class: &[u8]| {
        store.push(ArchiveFormat::Tar, &tar(&[file("lib/a.jar", &jar(class)), file("b", &noise(3, 100_000))])).unwrap()
    };
    push(b"one");
    let second = push(b"another");
    // A class, the directory of the jar, its recipe, the header of the tar, the tree and the archive's recipe.
    assert!(second.new_bytes < 20_000, "{}", second.new_bytes);
    store.reproduce(&second);
}

#[test]
fn a_zip_is_unpacked_and_comes_back_byte_for_byte() {
    let store = Store::default();
    let big = noise(4, 400_000);
    let bytes = zip(&[
        member("shop/bin/run", b"x"),
        Member { flags: 8, ..member("shop/big", &big) },
        member("shop/text", &b"text ".repeat(9000)),
    ]);
    let ingested = store.push(ArchiveFormat::Zip, &bytes).unwrap();
    assert_eq!(store.reproduce(&ingested), bytes);
    insta::assert_snapshot!(paths(&ingested.tree), @"big bin bin/run text");
    let text = match &ingested.tree.get("text").unwrap().kind {
        EntryKind::File { size, digest } => store.read(FileRef { digest: *digest, size: *size }),
        other => panic!("{other:?}"),
    };
    assert_eq!(text, b"text ".repeat(9000));
}

#[test]
fn a_jar_is_a_package_by_itself() {
    let store = Store::default();
    let bytes =
        zip(&[member("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n"), member("A.class", &noise(5, 30_000))]);
    let ingested = store.push(ArchiveFormat::Jar, &bytes).unwrap();
    insta::assert_snapshot!(paths(&ingested.tree), @"shop.jar");
    assert_eq!(store.reproduce(&ingested), bytes);
    let refused = store.push(ArchiveFormat::War, &zip(&[member("../x", b"")])).unwrap_err();
    assert!(matches!(refused, IngestError::Refused(_)));
}

#[test]
fn what_is_refused_leaves_nothing() {
    for (format, bytes) in [
        (ArchiveFormat::TarGz, gzip(&tar(&[file("a", &noise(6, 500_000)), file("../b", b"")]))),
        (ArchiveFormat::TarGz, gzip(&tar(&[file("a", &noise(6, 500_000))]))[..300_000].to_vec()),
        (ArchiveFormat::Zip, zip(&[member("a", &noise(6, 500_000)), member("a", b"")])),
        (ArchiveFormat::Tar, Vec::new()),
        (ArchiveFormat::TarXz, gzip(&tar(&shop()))),
    ] {
        let store = Store::default();
        assert!(matches!(store.push(format, &bytes), Err(IngestError::Refused(_))), "{format:?}");
        assert_eq!(store.packs.count(), 0, "{format:?}");
    }
}

#[test]
fn a_link_out_of_the_wrapping_folder_is_refused() {
    let refused = Store::default()
        .push(ArchiveFormat::Tar, &tar(&[folder("shop"), symlink("shop/l", "../current"), symlink("current", "shop")]));
    insta::assert_snapshot!(refused.unwrap_err(), @r#""l": the link to "../current" leads out of the package"#);
}

/// A stream that fails after some bytes.
struct Failing<R>(R);

impl<R: Read> Read for Failing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(io::Error::other("the network is gone")),
            count => Ok(count),
        }
    }
}

/// An index, or a store, that does not work.
struct Broken;

impl SegmentIndex for Broken {
    fn missing(&self, _segments: &[Digest]) -> io::Result<Vec<bool>> {
        Err(io::Error::other("the database is gone"))
    }
}

impl PackStore for Broken {
    fn write(&self, _pack: &Digest, _bytes: &[u8]) -> io::Result<()> {
        Err(io::Error::other("the disk is full"))
    }

    fn read_range(&self, _pack: &Digest, _offset: u64, _len: usize) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn size(&self, _pack: &Digest) -> io::Result<u64> {
        Err(io::ErrorKind::NotFound.into())
    }
}

#[test]
fn an_error_is_told_as_what_it_is() {
    let options = IngestOptions {
        format: ArchiveFormat::Tar,
        file_name: "a.tar".to_owned(),
        package: "a".to_owned(),
        version: "1".to_owned(),
        limits: Limits::default(),
    };
    let run = |bytes: &[u8], index: &dyn SegmentIndex, packs: &dyn PackStore| {
        let whole =
            ingest(ArchiveInput::Stream(Box::new(Failing(Cursor::new(bytes.to_vec())))), &options, index, packs);
        let error = whole.unwrap_err();
        format!("{error}: {}", std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default())
    };
    let (rows, packs) = (Rows::default(), MemoryPacks::default());
    let small = tar(&[file("a", b"")]);
    // More than fits in all that may wait between the stages.
    let large = tar(&[file("a", &noise(8, 30 << 20))]);
    insta::assert_snapshot!(run(&small, &rows, &packs), @"the archive could not be read: the network is gone");
    insta::assert_snapshot!(run(&large, &Broken, &packs), @"the index of stored segments could not be asked: the database is gone");
    insta::assert_snapshot!(run(&large, &rows, &Broken), @"the archive's content could not be stored: the disk is full");
}

/// Any small tar, with folders, links, extended names and padding at the end.
fn any_tar() -> impl Strategy<Value = Vec<u8>> {
    let name = "[a-m]{1,3}(/[a-m]{1,3}){0,3}";
    let entry = (name, proptest::collection::vec(any::<u8>(), 0..2000), 0u64..100_000, 0u8..5);
    (proptest::collection::vec(entry, 1..12), 0usize..20).prop_map(|(entries, padding)| {
        let entries: Vec<_> = entries
            .iter()
            .enumerate()
            .flat_map(|(at, (name, data, length, kind))| {
                let name = format!("{at}/{name}");
                match kind {
                    0 => vec![folder(&name)],
                    1 => vec![symlink(&name, "nowhere")],
                    2 => vec![testing::pax(&[&format!("path={name}")]), file("short", data)],
                    3 => vec![file(&name, &noise(*length, usize::try_from(*length).unwrap()))],
                    _ => vec![file(&name, data)],
                }
            })
            .collect();
        [tar(&entries), vec![0; padding * 512]].concat()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(30))]
    #[test]
    fn any_tar_comes_back_byte_for_byte(bytes in any_tar()) {
        let store = Store::default();
        let ingested = store.push(ArchiveFormat::TarZst, &zstd::encode_all(&bytes[..], 1).unwrap()).unwrap();
        prop_assert!(store.reproduce(&ingested) == bytes);
    }
}

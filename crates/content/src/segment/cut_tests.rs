//! Where files are cut, frozen, and proven not to depend on how the bytes arrive.

use proptest::prelude::*;

use super::cut::{Cutter, Density, SMALL};

/// Bytes that look random and are the same on every machine.
fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed | 1;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    })
    .flatten()
    .take(length)
    .collect()
}

/// A segment, shown by its length alone.
#[derive(Clone, PartialEq)]
struct Piece {
    bytes: Vec<u8>,
    density: Density,
}

impl std::fmt::Debug for Piece {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", self.bytes.len(), if self.density == Density::Packed { "p" } else { "" })
    }
}

fn cut_in_pieces(bytes: &[u8], mut sizes: impl Iterator<Item = usize>) -> Vec<Piece> {
    let (mut cutter, mut out, mut rest) = (Cutter::new(), Vec::new(), bytes);
    let mut take = |bytes: &[u8], density| {
        out.push(Piece { bytes: bytes.to_vec(), density });
        Ok(())
    };
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(sizes.next().unwrap_or(rest.len()).clamp(1, rest.len()));
        cutter.push(piece, &mut take).unwrap();
        rest = after;
    }
    cutter.finish(&mut take).unwrap();
    assert!(out.iter().flat_map(|piece| &piece.bytes).eq(bytes));
    out
}

fn cut(bytes: &[u8]) -> Vec<Piece> {
    cut_in_pieces(bytes, std::iter::empty())
}

/// The lengths of the segments, with a mark for those that are packed already.
fn shape(bytes: &[u8]) -> String {
    cut(bytes).iter().map(|piece| format!("{piece:?}")).collect::<Vec<_>>().join(" ")
}

struct Zip {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    members: u16,
}

#[derive(Clone, Copy, PartialEq)]
enum Sizes {
    Before,
    After,
    AfterBare,
}

impl Zip {
    fn new() -> Self {
        Self { bytes: Vec::new(), directory: Vec::new(), members: 0 }
    }

    /// Adds a member with data that only pretend to be deflated: the cutter never looks into them.
    fn member(mut self, name: &str, time: u32, method: u16, data: &[u8], sizes: Sizes) -> Self {
        let flags: u16 = if sizes == Sizes::Before { 0 } else { 8 };
        let length = u32::try_from(data.len()).unwrap();
        let known = if sizes == Sizes::Before { length } else { 0 };
        let offset = u32::try_from(self.bytes.len()).unwrap();
        let fixed = |size: u32| {
            let mut out = Vec::new();
            out.extend_from_slice(&20u16.to_le_bytes());
            out.extend_from_slice(&flags.to_le_bytes());
            out.extend_from_slice(&method.to_le_bytes());
            out.extend_from_slice(&time.to_le_bytes());
            out.extend_from_slice(&[0; 4]);
            out.extend_from_slice(&size.to_le_bytes());
            out.extend_from_slice(&size.to_le_bytes());
            out.extend_from_slice(&u16::try_from(name.len()).unwrap().to_le_bytes());
            out.extend_from_slice(&[0; 2]);
            out
        };
        self.bytes.extend_from_slice(b"PK\x03\x04");
        self.bytes.extend(fixed(known));
        self.bytes.extend_from_slice(name.as_bytes());
        self.bytes.extend_from_slice(data);
        if sizes != Sizes::Before {
            if sizes == Sizes::After {
                self.bytes.extend_from_slice(b"PK\x07\x08");
            }
            self.bytes.extend_from_slice(&[0; 4]);
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(&length.to_le_bytes());
        }
        self.directory.extend_from_slice(b"PK\x01\x02\x14\0");
        self.directory.extend(fixed(length));
        self.directory.extend_from_slice(&[0; 10]);
        self.directory.extend_from_slice(&offset.to_le_bytes());
        self.directory.extend_from_slice(name.as_bytes());
        self.members += 1;
        self
    }

    fn finish(mut self) -> Vec<u8> {
        let (at, size) = (u32::try_from(self.bytes.len()).unwrap(), u32::try_from(self.directory.len()).unwrap());
        self.bytes.append(&mut self.directory);
        self.bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend_from_slice(&self.members.to_le_bytes());
        self.bytes.extend_from_slice(&self.members.to_le_bytes());
        self.bytes.extend_from_slice(&size.to_le_bytes());
        self.bytes.extend_from_slice(&at.to_le_bytes());
        self.bytes.extend_from_slice(&[0; 2]);
        self.bytes
    }
}

fn jar(time: u32, sizes: Sizes) -> Vec<u8> {
    Zip::new()
        .member("META-INF/", time, 0, b"", Sizes::Before)
        .member("a/A.class", time, 8, &noise(1, 3_000), sizes)
        .member("a/B.class", time, 8, &noise(2, 40_000), sizes)
        .member("lib/c.so", time, 8, &noise(3, 700_000), sizes)
        .finish()
}

fn tar(time: u64) -> Vec<u8> {
    let mut out = tar::Builder::new(Vec::new());
    for (name, length) in [("a", 20_000usize), ("b/empty", 0), ("b/c", 300_000)] {
        let mut header = tar::Header::new_ustar();
        header.set_size(length as u64);
        header.set_mode(0o644);
        header.set_mtime(time);
        out.append_data(&mut header, name, &noise(length as u64, length)[..]).unwrap();
    }
    out.into_inner().unwrap()
}

#[test]
fn golden_plain() {
    insta::assert_snapshot!(shape(&noise(7, 1_000_000)), @"68963 84074 16730 90823 70082 30203 102674 57314 62782 95417 98305 211012 11621");
    insta::assert_snapshot!(shape(&vec![0; 600_000]), @"262144 262144 75712");
    insta::assert_snapshot!(shape(&noise(7, SMALL)), @"16384");
    insta::assert_snapshot!(shape(b""), @"");
}

#[test]
fn golden_zip() {
    insta::assert_snapshot!(shape(&jar(1, Sizes::Before)), @"39 39 3000p 39 40000p 38 97305p 32097p 69526p 30773p 176213p 101241p 88014p 104831p 241");
    insta::assert_snapshot!(shape(&jar(1, Sizes::After)), @"39 39 3000p 55 40000p 54 97305p 32097p 69526p 30773p 176213p 101241p 88014p 104831p 257");
    insta::assert_snapshot!(shape(&jar(1, Sizes::AfterBare)), @"39 39 3000p 51 40000p 50 97305p 32097p 69526p 30773p 176213p 101241p 88014p 104831p 253");
}

#[test]
fn golden_tar() {
    insta::assert_snapshot!(shape(&tar(1)), @"512 20000 1504 72630 48000 74044 65840 18161 21325 1056");
}

/// How many bytes of `new` are in no segment of `old`.
fn new_bytes(old: &[u8], new: &[u8]) -> usize {
    let old = cut(old);
    cut(new).iter().filter(|piece| !old.contains(piece)).map(|piece| piece.bytes.len()).sum()
}

#[test]
fn a_rebuilt_jar_costs_its_headers() {
    for sizes in [Sizes::Before, Sizes::After, Sizes::AfterBare] {
        assert!(new_bytes(&jar(1, sizes), &jar(2, sizes)) < 600);
    }
}

#[test]
fn a_repacked_tar_costs_its_headers() {
    assert!(new_bytes(&tar(1), &tar(2)) < 6 * 512 + 1024 + 512);
}

#[test]
fn a_jar_within_a_jar_is_cut_at_its_own_members() {
    let fat = |time| {
        Zip::new().member("lib/x.jar", 1, 0, &jar(time, Sizes::After), Sizes::Before).member(
            "y",
            1,
            8,
            &noise(9, 20_000),
            Sizes::Before,
        )
    };
    assert!(new_bytes(&fat(1).finish(), &fat(2).finish()) < 700);
}

#[test]
fn an_insertion_moves_no_cut_far_away() {
    let old = noise(11, 2_000_000);
    let mut new = old.clone();
    new.splice(1_000_000..1_000_000, *b"inserted");
    assert!(new_bytes(&old, &new) < 600_000);
}

/// A file, shown by its length alone.
struct Bytes(Vec<u8>);

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

fn archive_like() -> impl Strategy<Value = Bytes> {
    let piece = prop_oneof![
        (0u64..50, 0usize..30_000).prop_map(|(seed, length)| noise(seed, length)),
        Just(jar(3, Sizes::After)),
        Just(b"PK\x03\x04".to_vec()),
        Just(b"PK\x07\x08\0\0\0\0".to_vec()),
        Just(b"PK\x01\x02".to_vec()),
        Just(b"PK\x05\x06".to_vec()),
        Just(vec![0xff; 700]),
        Just(tar(5)),
    ];
    let start = prop_oneof![
        Just(b"PK\x03\x04".to_vec()),
        Just(jar(4, Sizes::Before)),
        Just(jar(4, Sizes::AfterBare)),
        Just(tar(6)),
        Just(Vec::new())
    ];
    (start, proptest::collection::vec(piece, 0..6)).prop_map(|(start, pieces)| Bytes([start, pieces.concat()].concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn cuts_do_not_depend_on_how_bytes_arrive(bytes in archive_like(), sizes in proptest::collection::vec(1usize..70_000, 1..20)) {
        prop_assert_eq!(cut_in_pieces(&bytes.0, sizes.into_iter().cycle()), cut(&bytes.0));
    }

    #[test]
    fn no_segment_is_empty_or_too_long(bytes in archive_like()) {
        for piece in cut(&bytes.0) {
            prop_assert!((1..=super::chunk::MAX).contains(&piece.bytes.len()));
        }
    }
}

#[test]
fn single_bytes_cut_as_blocks_do() {
    for bytes in [jar(1, Sizes::After), jar(1, Sizes::AfterBare), tar(1)] {
        assert_eq!(cut_in_pieces(&bytes, std::iter::repeat(1)), cut(&bytes));
    }
}

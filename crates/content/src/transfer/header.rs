//! The tar headers of an entry: a pure function of the entry.

use std::fmt::Write as _;

use crate::tree::{Entry, EntryKind};

/// Everything in a tar stands in blocks of this many bytes.
pub(crate) const BLOCK: usize = 512;

const NAME: std::ops::Range<usize> = 0..100;
const MODE: std::ops::Range<usize> = 100..108;
const UID: std::ops::Range<usize> = 108..116;
const GID: std::ops::Range<usize> = 116..124;
const SIZE: std::ops::Range<usize> = 124..136;
const MTIME: std::ops::Range<usize> = 136..148;
const CHECKSUM: std::ops::Range<usize> = 148..156;
const TYPE: usize = 156;
const LINK: std::ops::Range<usize> = 157..257;
const MAGIC: std::ops::Range<usize> = 257..265;
const PREFIX: std::ops::Range<usize> = 345..500;

/// The largest size that eleven octal digits can say.
const LARGEST_USTAR: u64 = 0o77_777_777_777;

/// All header blocks of an entry: pax records first where they are needed.
pub(crate) fn headers(entry: &Entry) -> Vec<u8> {
    let mut name = entry.path.as_str().to_owned();
    let (kind, size, target) = match &entry.kind {
        EntryKind::Directory => {
            name.push('/');
            (b'5', 0, "")
        }
        EntryKind::File { size, .. } => (b'0', *size, ""),
        EntryKind::Symlink { target } => (b'2', 0, target.as_str()),
    };
    let mut records = String::new();
    let split = split(&name);
    if split.is_none() {
        add_record(&mut records, "path", &name);
    }
    if target.len() > LINK.len() {
        add_record(&mut records, "linkpath", target);
    }
    if size > LARGEST_USTAR {
        add_record(&mut records, "size", &size.to_string());
    }
    let mut out = Vec::with_capacity(BLOCK);
    if !records.is_empty() {
        out.extend_from_slice(&block(("", "PaxHeader"), 0o644, records.len() as u64, b'x', ""));
        out.extend_from_slice(records.as_bytes());
        out.resize(out.len() + padding(records.len() as u64), 0);
    }
    let short_name = split.unwrap_or(("", cut(&name, NAME.len())));
    // With a pax size, GNU tar writes what fits; readers take the record.
    let short_size = if size > LARGEST_USTAR { 0 } else { size };
    out.extend_from_slice(&block(short_name, entry.mode, short_size, kind, cut(target, LINK.len())));
    out
}

/// How many zeros fill the last block of this many bytes.
pub(crate) fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64).to_le_bytes();
    (BLOCK - usize::from(u16::from_le_bytes([over[0], over[1]]))) % BLOCK
}

fn block((prefix, name): (&str, &str), mode: u16, size: u64, kind: u8, target: &str) -> [u8; BLOCK] {
    let mut block = [0; BLOCK];
    let mut put =
        |at: std::ops::Range<usize>, bytes: &[u8]| block[at.start..at.start + bytes.len()].copy_from_slice(bytes);
    put(NAME, name.as_bytes());
    put(MODE, format!("{mode:07o}").as_bytes());
    put(UID, b"0000000");
    put(GID, b"0000000");
    put(SIZE, format!("{size:011o}").as_bytes());
    put(MTIME, b"00000000000");
    put(CHECKSUM, b"        ");
    put(TYPE..TYPE + 1, &[kind]);
    put(LINK, target.as_bytes());
    put(MAGIC, b"ustar\x0000");
    put(PREFIX, prefix.as_bytes());
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// The name as ustar can say it: a prefix and a name, parted at a slash. The last such slash, so that there is one answer.
fn split(name: &str) -> Option<(&str, &str)> {
    if name.len() <= NAME.len() {
        return Some(("", name));
    }
    let mut splits = name.rmatch_indices('/').map(|(at, _)| (&name[..at], &name[at + 1..]));
    splits.find(|(prefix, rest)| prefix.len() <= PREFIX.len() && !rest.is_empty() && rest.len() <= NAME.len())
}

/// The beginning of a text, at most this long, and never half a character.
fn cut(text: &str, longest: usize) -> &str {
    &text[..text.floor_char_boundary(longest)]
}

/// A pax record begins with its own length in decimal, which counts itself.
fn add_record(records: &mut String, key: &str, value: &str) {
    let rest = 3 + key.len() + value.len();
    let mut length = rest + 1;
    while length != rest + length.to_string().len() {
        length = rest + length.to_string().len();
    }
    // Writing to a String does not fail.
    let _ = writeln!(records, "{length} {key}={value}");
}

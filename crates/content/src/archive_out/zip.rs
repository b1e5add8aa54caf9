//! A tree as zip, written in one pass: sizes and checksums follow the data, and stand in the directory at the end.

use std::io::{self, Read as _, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, CrcWriter};

use super::LEVEL;
use crate::source::ContentSource;
use crate::tree::{Entry, EntryKind, Tree};

const LOCAL: u32 = 0x0403_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;

/// Sizes follow the data, and names are UTF-8.
const FLAGS: u16 = 1 << 3 | 1 << 11;
const DEFLATED: u16 = 8;
const VERSION: u16 = 20;
const VERSION_64: u16 = 45;
/// Made on Unix: the mode is in the upper half of the external attributes.
const UNIX: u16 = 3 << 8;
/// The first of January 1980, midnight: the earliest that a zip can say.
const DATE: u16 = 1 << 5 | 1;
/// Says that a size or an offset stands in the 64-bit field.
const ELSEWHERE: u32 = u32::MAX;
const FIELD_64: u16 = 1;

/// Writes a tree as `.zip`.
///
/// # Errors
/// Those of the source and of `out`.
pub fn write_zip(tree: &Tree, source: &dyn ContentSource, out: impl Write) -> io::Result<()> {
    let mut out = Counted { out, count: 0 };
    let mut directory = Vec::new();
    for entry in tree {
        let member = Member::of(entry);
        let offset = out.count;
        out.write_all(&member.local())?;
        let start = out.count;
        let written = member.write_data(source, &mut out)?;
        let packed = out.count - start;
        out.write_all(&member.descriptor(written.crc, packed))?;
        member.put_central(&mut directory, written.crc, packed, offset);
    }
    let offset = out.count;
    out.write_all(&directory)?;
    out.write_all(&end(tree.entries().len() as u64, directory.len() as u64, offset))?;
    out.flush()
}

struct Written {
    crc: u32,
}

/// An entry as a zip has it.
struct Member<'t> {
    entry: &'t Entry,
    name: String,
    mode: u32,
    size: u64,
    /// Whether its sizes are written in 64 bits. Deflated data can be a little longer than they were.
    large: bool,
}

impl<'t> Member<'t> {
    fn of(entry: &'t Entry) -> Self {
        let mut name = entry.path.as_str().to_owned();
        let (kind, size) = match &entry.kind {
            EntryKind::Directory => {
                name.push('/');
                (0o040_000, 0)
            }
            EntryKind::File { size, .. } => (0o100_000, *size),
            EntryKind::Symlink { target } => (0o120_000, target.as_str().len() as u64),
        };
        Self { entry, name, mode: kind | u32::from(entry.mode), size, large: size >= u64::from(u32::MAX / 2) }
    }

    fn local(&self) -> Vec<u8> {
        let mut out = Fields::default();
        out.u32(LOCAL).u16(self.version()).u16(FLAGS).u16(DEFLATED).u16(0).u16(DATE).u32(0);
        let (size, field) = if self.large { (ELSEWHERE, 20) } else { (0, 0) };
        out.u32(size).u32(size).u16(self.name_length()).u16(field).bytes(self.name.as_bytes());
        if self.large {
            out.u16(FIELD_64).u16(16).u64(0).u64(0);
        }
        out.0
    }

    fn write_data(&self, source: &dyn ContentSource, out: &mut impl Write) -> io::Result<Written> {
        let mut data = CrcWriter::new(DeflateEncoder::new(out, Compression::new(LEVEL)));
        match &self.entry.kind {
            EntryKind::Directory | EntryKind::File { size: 0, .. } => {}
            EntryKind::Symlink { target } => data.write_all(target.as_str().as_bytes())?,
            EntryKind::File { size, digest } => {
                let sent = io::copy(&mut source.read(digest, *size)?.take(size.saturating_add(1)), &mut data)?;
                if sent != *size {
                    let message =
                        format!("the stored content of {:?} has not the {size} bytes of its entry", self.entry.path);
                    return Err(io::Error::new(io::ErrorKind::InvalidData, message));
                }
            }
        }
        let crc = data.crc().sum();
        data.into_inner().finish()?;
        Ok(Written { crc })
    }

    fn descriptor(&self, crc: u32, packed: u64) -> Vec<u8> {
        let mut out = Fields::default();
        out.u32(DESCRIPTOR).u32(crc);
        if self.large {
            out.u64(packed).u64(self.size)
        } else {
            out.u32(low(packed)).u32(low(self.size))
        };
        out.0
    }

    fn put_central(&self, directory: &mut Vec<u8>, crc: u32, packed: u64, offset: u64) {
        let far = offset >= u64::from(ELSEWHERE);
        let mut field = Fields::default();
        if self.large {
            field.u64(self.size).u64(packed);
        }
        if far {
            field.u64(offset);
        }
        let mut out = Fields(std::mem::take(directory));
        let version = if far { VERSION_64 } else { self.version() };
        out.u32(CENTRAL).u16(UNIX | VERSION_64).u16(version).u16(FLAGS).u16(DEFLATED).u16(0).u16(DATE).u32(crc);
        if self.large {
            out.u32(ELSEWHERE).u32(ELSEWHERE)
        } else {
            out.u32(low(packed)).u32(low(self.size))
        };
        let field_length = if field.0.is_empty() { 0 } else { low_16(field.0.len() as u64 + 4) };
        out.u16(self.name_length()).u16(field_length).u16(0).u16(0).u16(0).u32(self.mode << 16);
        out.u32(if far { ELSEWHERE } else { low(offset) }).bytes(self.name.as_bytes());
        if field_length > 0 {
            out.u16(FIELD_64).u16(field_length - 4).bytes(&field.0);
        }
        *directory = out.0;
    }

    fn version(&self) -> u16 {
        if self.large { VERSION_64 } else { VERSION }
    }

    /// No path is longer than 2 KiB.
    fn name_length(&self) -> u16 {
        low_16(self.name.len() as u64)
    }
}

fn end(entries: u64, length: u64, offset: u64) -> Vec<u8> {
    let mut out = Fields::default();
    let limit = u64::from(ELSEWHERE);
    if entries >= u64::from(u16::MAX) || length >= limit || offset >= limit {
        out.u32(END_64).u64(44).u16(UNIX | VERSION_64).u16(VERSION_64).u32(0).u32(0);
        out.u64(entries).u64(entries).u64(length).u64(offset);
        out.u32(LOCATOR_64).u32(0).u64(offset.saturating_add(length)).u32(1);
    }
    let count = u16::try_from(entries).unwrap_or(u16::MAX);
    let short = |value: u64| u32::try_from(value).unwrap_or(ELSEWHERE);
    out.u32(END).u16(0).u16(0).u16(count).u16(count).u32(short(length)).u32(short(offset)).u16(0);
    out.0
}

fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(ELSEWHERE)
}

fn low_16(value: u64) -> u16 {
    u16::try_from(value).unwrap_or(u16::MAX)
}

/// Little-endian fields, one behind the other.
#[derive(Default)]
struct Fields(Vec<u8>);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.bytes(&value.to_le_bytes())
    }
}

struct Counted<W> {
    out: W,
    count: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.out.write(bytes)?;
        self.count += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::file;

    #[test]
    fn what_32_bits_cannot_say_stands_in_64() {
        let entry =
            Entry { kind: EntryKind::File { size: 5 << 30, digest: crate::codec::digest_of(b"") }, ..file("a", b"") };
        let member = Member::of(&entry);
        assert_eq!(member.local().len(), 30 + 1 + 20);
        assert_eq!(member.descriptor(1, 5 << 30).len(), 24);
        let mut directory = Vec::new();
        member.put_central(&mut directory, 1, 5 << 30, 6 << 30);
        assert_eq!(directory.len(), 46 + 1 + 4 + 24);
        assert_eq!(directory[directory.len() - 8..], (6u64 << 30).to_le_bytes());
        assert_eq!(end(2, 100, 200).len(), 22);
        assert_eq!(end(2, 100, 5 << 30).len(), 56 + 20 + 22);
        assert_eq!(end(70_000, 100, 200).len(), 56 + 20 + 22);
    }
}

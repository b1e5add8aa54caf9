//! The central directory of a zip: the list at its end, by which most programs read it.

use std::io::{self, Read, Seek, SeekFrom};

use super::super::fault::{ArchiveError, Fault};
use super::super::limits::{Limits, in_words};
use super::fields::{Fields, extra, zip64};

const END: &[u8; 4] = b"PK\x05\x06";
const END_SIZE: u64 = 22;
const LOCATOR_SIZE: u64 = 20;
const END64_SIZE: u64 = 56;
/// What a directory of the most entries with the longest names would take, and then some.
const MAX_DIRECTORY: u64 = 256 << 20;

/// How a member is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// What a member is, by its attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MemberKind {
    File,
    Directory,
    Symlink,
}

/// One line of the directory.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) name: Vec<u8>,
    pub(super) flags: u16,
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) unpacked: u64,
    /// Where its local header is.
    pub(super) offset: u64,
    pub(super) kind: MemberKind,
    pub(super) mode: u16,
}

impl Member {
    /// Whether sizes and checksum follow the data.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }
}

/// The whole list, by place in the file, and where it begins.
pub(super) struct Directory {
    pub(super) members: Vec<Member>,
    pub(super) offset: u64,
}

/// Where the directory is said to be.
struct End {
    entries: u64,
    offset: u64,
    size: u64,
    /// Where the directory has to end.
    end: u64,
}

fn contradiction(why: impl Into<String>) -> ArchiveError {
    Fault::Contradiction { why: why.into() }.into()
}

pub(super) fn read<F: Read + Seek>(file: &mut F, limits: Limits) -> Result<Directory, ArchiveError> {
    let end = find_end(file)?;
    if end.entries > limits.entries as u64 {
        return Err(Fault::Limit { what: format!("it has more than {} entries", limits.entries) }.into());
    }
    if end.size > MAX_DIRECTORY {
        return Err(Fault::Limit { what: format!("its directory takes more than {}", in_words(MAX_DIRECTORY)) }.into());
    }
    if end.offset.checked_add(end.size) != Some(end.end) {
        return Err(contradiction("something stands in front of it, or between its directory and its end"));
    }
    file.seek(SeekFrom::Start(end.offset))?;
    let mut input = io::BufReader::new(file.by_ref().take(end.size));
    let mut members = Vec::new();
    for _ in 0..end.entries {
        members.push(read_member(&mut input)?);
    }
    if !io::BufRead::fill_buf(&mut input)?.is_empty() {
        return Err(contradiction("its directory has more entries than it says"));
    }
    members.sort_unstable_by_key(|member| member.offset);
    Ok(Directory { members, offset: end.offset })
}

/// Finds the record at the very end; a comment may follow it, anything else may not.
fn find_end<F: Read + Seek>(file: &mut F) -> Result<End, ArchiveError> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub(END_SIZE + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    file.take(END_SIZE + u64::from(u16::MAX)).read_to_end(&mut tail)?;
    let at = find_signature(&tail)?;
    let mut fields = Fields::new(&tail[at + 4..]);
    let (disk, directory_disk) = (fields.u16()?, fields.u16()?);
    let (entries_here, entries) = (fields.u16()?, fields.u16()?);
    let (size, offset) = (fields.u32()?, fields.u32()?);
    let end_at = tail_at + at as u64;
    if entries == u16::MAX || size == u32::MAX || offset == u32::MAX {
        return find_end64(file, end_at);
    }
    if disk != 0 || directory_disk != 0 || entries_here != entries {
        return Err(Fault::Unsupported { what: "it is one of several volumes".to_owned() }.into());
    }
    Ok(End { entries: u64::from(entries), offset: u64::from(offset), size: u64::from(size), end: end_at })
}

/// Where the end record begins: the one whose comment ends where the file ends. A packed zip within has its own, elsewhere.
fn find_signature(tail: &[u8]) -> Result<usize, ArchiveError> {
    let found: Vec<usize> = memchr::memmem::find_iter(tail, END).collect();
    let comment_end = |at: usize| {
        let comment = tail.get(at + 20..at + 22)?;
        Some(at + 22 + usize::from(u16::from_le_bytes([comment[0], comment[1]])))
    };
    let mut ending = found.iter().copied().filter(|&at| comment_end(at) == Some(tail.len()));
    match (ending.next(), ending.next(), found.last()) {
        (Some(at), None, _) => Ok(at),
        (Some(_), Some(_), _) => Err(contradiction("it has more than one end record")),
        (None, _, Some(&at)) if comment_end(at).is_some_and(|end| end < tail.len()) => {
            Err(Fault::Trailing { what: "bytes follow the end of the zip" }.into())
        }
        _ => Err(Fault::Truncated { what: "the end record of the zip is missing or cut off" }.into()),
    }
}

/// Reads the larger end record, which stands right before the locator that stands right before the small one.
fn find_end64<F: Read + Seek>(file: &mut F, end_at: u64) -> Result<End, ArchiveError> {
    let missing = || contradiction("its end record points to a larger one that is not there");
    let at = end_at.checked_sub(LOCATOR_SIZE + END64_SIZE).ok_or_else(missing)?;
    file.seek(SeekFrom::Start(at))?;
    let mut record = [0; (LOCATOR_SIZE + END64_SIZE) as usize];
    file.read_exact(&mut record)?;
    let (record, locator) = record.split_at(END64_SIZE as usize);
    if !record.starts_with(b"PK\x06\x06") || !locator.starts_with(b"PK\x06\x07") {
        return Err(missing());
    }
    let mut fields = Fields::new(&record[4..]);
    let (record_size, _versions, disks) = (fields.u64()?, fields.u32()?, fields.u64()?);
    let (entries_here, entries) = (fields.u64()?, fields.u64()?);
    let (size, offset) = (fields.u64()?, fields.u64()?);
    let mut fields = Fields::new(&locator[4..]);
    let (locator_disk, record_at, disk_count) = (fields.u32()?, fields.u64()?, fields.u32()?);
    if record_size != END64_SIZE - 12 || record_at != at {
        return Err(missing());
    }
    if disks != 0 || locator_disk != 0 || disk_count > 1 || entries_here != entries {
        return Err(Fault::Unsupported { what: "it is one of several volumes".to_owned() }.into());
    }
    Ok(End { entries, offset, size, end: at })
}

fn read_member(input: &mut impl Read) -> Result<Member, ArchiveError> {
    let mut fixed = [0; 46];
    read_exact(input, &mut fixed)?;
    if !fixed.starts_with(b"PK\x01\x02") {
        return Err(contradiction("its directory is malformed"));
    }
    let mut fields = Fields::new(&fixed[4..]);
    let (made_by, _needed) = (fields.u16()?, fields.u16()?);
    let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
    let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let (name_len, extra_len, comment_len) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let (disk, _internal, attributes, offset) = (fields.u16()?, fields.u16()?, fields.u32()?, fields.u32()?);
    let mut variable = vec![0; usize::from(name_len) + usize::from(extra_len) + usize::from(comment_len)];
    read_exact(input, &mut variable)?;
    let (name, rest) = variable.split_at(usize::from(name_len));
    let extra_field = &rest[..usize::from(extra_len)];
    let large = zip64(extra_field, &[unpacked, packed, offset])?;
    let [unpacked, packed, offset] = large[..] else { return Err(contradiction("its directory is malformed")) };
    let shown = String::from_utf8_lossy(name).into_owned();
    let member = || -> Result<Member, ArchiveError> {
        check_readable(flags, disk, name, extra_field)?;
        let (kind, mode) = kind_and_mode(made_by, attributes, name)?;
        Ok(Member { name: name.to_vec(), flags, method: method_of(method)?, crc, packed, unpacked, offset, kind, mode })
    };
    member().map_err(|error| error.at(&shown))
}

fn read_exact(input: &mut impl Read, buffer: &mut [u8]) -> Result<(), ArchiveError> {
    input.read_exact(buffer).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => contradiction("its directory has fewer entries than it says"),
        _ => error.into(),
    })
}

fn check_readable(flags: u16, disk: u16, name: &[u8], extra_field: &[u8]) -> Result<(), ArchiveError> {
    const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
    const UNICODE_PATH: u16 = 0x7075;
    if flags & ENCRYPTED != 0 {
        return Err(Fault::Unsupported { what: "it is encrypted".to_owned() }.into());
    }
    if disk != 0 {
        return Err(Fault::Unsupported { what: "it is one of several volumes".to_owned() }.into());
    }
    match extra(extra_field, UNICODE_PATH)? {
        // Version and checksum stand before the name.
        Some(other) if other.get(5..) != Some(name) => Err(contradiction("an entry has two names")),
        _ => Ok(()),
    }
}

pub(super) fn method_of(method: u16) -> Result<Method, Fault> {
    match method {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflated),
        other => Err(Fault::Unsupported { what: format!("it is packed by method {other}, not by deflate") }),
    }
}

/// What a member is, and its permission bits, by the attributes of Unix where they were recorded.
fn kind_and_mode(made_by: u16, attributes: u32, name: &[u8]) -> Result<(MemberKind, u16), Fault> {
    const UNIX: u16 = 3;
    const MAC: u16 = 19;
    let by_name = if name.ends_with(b"/") { MemberKind::Directory } else { MemberKind::File };
    // Old packers of jars write all ones where they mean that nothing is recorded.
    let recorded = match attributes >> 16 {
        0xffff => 0,
        recorded if matches!(made_by >> 8, UNIX | MAC) => recorded,
        _ => 0,
    };
    let kind = match recorded & 0o170_000 {
        0 => by_name,
        0o100_000 => MemberKind::File,
        0o040_000 => MemberKind::Directory,
        0o120_000 => MemberKind::Symlink,
        0o010_000 => return Err(Fault::Special { kind: "FIFO" }),
        0o020_000 | 0o060_000 => return Err(Fault::Special { kind: "device" }),
        0o140_000 => return Err(Fault::Special { kind: "socket" }),
        _ => return Err(Fault::Contradiction { why: "its kind is unknown".to_owned() }),
    };
    if (kind == MemberKind::Directory) != (by_name == MemberKind::Directory) {
        return Err(Fault::Contradiction {
            why: "its name and its attributes disagree on whether it is a folder".to_owned(),
        });
    }
    let default = if kind == MemberKind::Directory { 0o755 } else { 0o644 };
    let mode = (recorded & 0o777) as u16;
    Ok((kind, if mode == 0 { default } else { mode }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_say_kind_and_mode() {
        let unix = |mode: u32, name: &[u8]| kind_and_mode(3 << 8, mode << 16, name);
        assert_eq!(unix(0o100_755, b"a"), Ok((MemberKind::File, 0o755)));
        assert_eq!(unix(0o104_755, b"a"), Ok((MemberKind::File, 0o755)));
        assert_eq!(unix(0o644, b"a"), Ok((MemberKind::File, 0o644)));
        assert_eq!(unix(0o040_700, b"a/"), Ok((MemberKind::Directory, 0o700)));
        assert_eq!(unix(0o120_777, b"a"), Ok((MemberKind::Symlink, 0o777)));
        assert_eq!(unix(0, b"a/"), Ok((MemberKind::Directory, 0o755)));
        assert_eq!(kind_and_mode(0, 0x20, b"a"), Ok((MemberKind::File, 0o644)));
        assert_eq!(unix(0xffff, b"META-INF/"), Ok((MemberKind::Directory, 0o755)));
        assert_eq!(unix(0o010_644, b"a").unwrap_err().code(), "PKG_SPECIAL");
        assert_eq!(unix(0o100_644, b"a/").unwrap_err().code(), "PKG_ZIP");
    }
}

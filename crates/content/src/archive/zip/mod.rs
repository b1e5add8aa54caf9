//! Zip, read by our own parser: every local header, in the order of the file, held against the directory at its end.
//!
//! Members must lie one behind the other from the first byte to the directory, so that there is nothing that one program
//! sees and another does not: no overlaps, no gaps, nothing in front.

mod directory;
mod fields;

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use super::decode::MemberInflate;
use super::fault::{ArchiveError, Fault};
use super::limits::{Limits, check_ratio};
use super::{BLOCK, Contents, DigestSink, Listing, Sink};
use crate::path::{EntryPath, LinkTarget, MAX_PATH};
use directory::{Directory, Member, MemberKind, Method};
use fields::{Fields, zip64};

const LOCAL_SIZE: u64 = 30;

/// Reads a zip to its end. Its framing is not given to the sink: whoever keeps a zip keeps it whole.
///
/// # Errors
/// By any rule of the catalogue; and those of the file and the sink.
pub(crate) fn read<F: Read + Seek>(
    file: &mut F,
    limits: Limits,
    sink: &mut impl Sink,
) -> Result<Contents, ArchiveError> {
    let Directory { members, offset } = directory::read(file, limits)?;
    file.seek(SeekFrom::Start(0))?;
    let mut reader = ZipReader {
        input: BufReader::with_capacity(BLOCK, file),
        at: 0,
        unpacked: 0,
        sink,
        listing: Listing::new(limits),
        inflate: MemberInflate::new(),
        block: vec![0; BLOCK],
    };
    let ends = members.iter().skip(1).map(|next| next.offset).chain([offset]);
    for (member, end) in members.iter().zip(ends) {
        reader.member(member, end).map_err(|error| error.at(&String::from_utf8_lossy(&member.name)))?;
    }
    Ok(reader.listing.finish()?)
}

/// The bytes of one small file, by its name; none if there is no such file, or it has more than `most` bytes. Of the rest nothing is read but
/// the directory.
///
/// # Errors
/// As [`read`], as far as it is read.
pub(crate) fn member<F: Read + Seek>(
    file: &mut F,
    name: &str,
    most: u64,
    limits: Limits,
) -> Result<Option<Vec<u8>>, ArchiveError> {
    let Directory { members, .. } = directory::read(file, limits)?;
    let is_wanted = |member: &&Member| member.name == name.as_bytes() && matches!(member.kind, MemberKind::File);
    let Some(member) = members.iter().find(is_wanted).filter(|member| member.unpacked <= most) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(member.offset))?;
    let mut reader = ZipReader {
        input: BufReader::with_capacity(BLOCK, file),
        at: member.offset,
        unpacked: 0,
        sink: &mut DigestSink::default(),
        listing: Listing::new(limits),
        inflate: MemberInflate::new(),
        block: vec![0; BLOCK],
    };
    reader.local_header(member)?;
    let mut found = Vec::new();
    reader.data(member, |_, bytes| {
        found.extend_from_slice(bytes);
        Ok(())
    })?;
    Ok(Some(found))
}

struct ZipReader<'a, R, S> {
    input: R,
    at: u64,
    /// Bytes that the members so far have announced.
    unpacked: u64,
    sink: &'a mut S,
    listing: Listing,
    inflate: MemberInflate,
    block: Vec<u8>,
}

fn contradiction(why: &str) -> ArchiveError {
    Fault::Contradiction { why: why.to_owned() }.into()
}

impl<R: BufRead, S: Sink> ZipReader<'_, R, S> {
    /// Reads a member, from its local header up to `end`.
    fn member(&mut self, member: &Member, end: u64) -> Result<(), ArchiveError> {
        if member.offset != self.at {
            return Err(contradiction(if member.offset < self.at {
                "two entries overlap"
            } else {
                "something stands in front of an entry"
            }));
        }
        self.local_header(member)?;
        if self.at.checked_add(member.packed).is_none_or(|data_end| data_end > end) {
            return Err(contradiction("an entry is larger than the room that it has"));
        }
        self.unpacked = self.unpacked.saturating_add(member.unpacked);
        check_ratio(self.at + member.packed, self.unpacked)?;
        let name = member.name.as_slice();
        match member.kind {
            MemberKind::Directory => {
                if member.unpacked != 0 {
                    return Err(Fault::Size { why: "it is a folder, but has bytes".to_owned() }.into());
                }
                self.listing.directory(path(name.strip_suffix(b"/").unwrap_or(name))?, member.mode)?;
                self.data(member, |_, _| Ok(()))?;
            }
            MemberKind::Symlink => {
                if member.unpacked > MAX_PATH as u64 {
                    return Err(Fault::Link { why: "its target is too long".to_owned() }.into());
                }
                let mut target = Vec::new();
                self.data(member, |_, bytes| {
                    target.extend_from_slice(bytes);
                    Ok(())
                })?;
                let target = LinkTarget::from_bytes(&target)
                    .map_err(|error| Fault::Link { why: format!("as a link's target, {error}") })?;
                self.listing.symlink(path(name)?, target)?;
            }
            MemberKind::File => {
                let slot = self.listing.file(path(name)?, member.mode, member.unpacked)?;
                self.sink.begin(member.unpacked)?;
                self.data(member, S::data)?;
                let digest = self.sink.end()?;
                self.listing.file_done(slot, digest);
            }
        }
        self.descriptor(member, end)
    }

    /// Reads the header before the data; it must say what the directory says.
    fn local_header(&mut self, member: &Member) -> Result<(), ArchiveError> {
        let mut fixed = [0; LOCAL_SIZE as usize];
        self.exactly(&mut fixed)?;
        if !fixed.starts_with(b"PK\x03\x04") {
            return Err(contradiction("its directory names an entry where there is none"));
        }
        let mut fields = Fields::new(&fixed[4..]);
        let _needed = fields.u16()?;
        let (flags, method, _time) = (fields.u16()?, fields.u16()?, fields.u32()?);
        let (crc, packed, unpacked) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let (name_len, extra_len) = (fields.u16()?, fields.u16()?);
        let mut variable = vec![0; usize::from(name_len) + usize::from(extra_len)];
        self.exactly(&mut variable)?;
        self.at += LOCAL_SIZE + variable.len() as u64;
        let (name, extra_field) = variable.split_at(usize::from(name_len));
        let large = zip64(extra_field, &[unpacked, packed])?;
        // Bits 1 and 2 tell how hard the packer tried, and bit 11 how the name is encoded, which its bytes tell as well.
        const SIGNIFICANT: u16 = !(1 << 1 | 1 << 2 | 1 << 11);
        let left_open = member.has_descriptor() && crc == 0 && large[..] == [0, 0];
        if name != member.name {
            return Err(contradiction("its directory gives another name"));
        }
        if (flags ^ member.flags) & SIGNIFICANT != 0 || directory::method_of(method)? != member.method {
            return Err(contradiction("its directory says that it is packed in another way"));
        }
        if !left_open && (crc != member.crc || large[..] != [member.unpacked, member.packed]) {
            return Err(contradiction("its directory gives another size or checksum"));
        }
        Ok(())
    }

    /// Reads a part of a local header. There is a directory behind it; if the file ends first, they lie one in the other.
    fn exactly(&mut self, buffer: &mut [u8]) -> Result<(), ArchiveError> {
        self.input.read_exact(buffer).map_err(|error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => contradiction("an entry reaches beyond the end"),
            _ => error.into(),
        })
    }

    /// Unpacks the data, and proves size and checksum.
    fn data(
        &mut self,
        member: &Member,
        mut take: impl FnMut(&mut S, &[u8]) -> std::io::Result<()>,
    ) -> Result<(), ArchiveError> {
        self.inflate.reset();
        let (mut left, mut unpacked, mut crc) = (member.packed, 0u64, 0u32);
        let mut ended = member.method == Method::Stored;
        while left > 0 {
            let input = self.input.fill_buf()?;
            if input.is_empty() {
                return Err(Fault::Truncated { what: "the data of an entry are cut off" }.into());
            }
            let input = &input[..usize::try_from(left).map_or(input.len(), |left| left.min(input.len()))];
            let consumed = match member.method {
                Method::Stored => {
                    take(self.sink, input)?;
                    crc = zlib_rs::crc32::crc32(crc, input);
                    unpacked += input.len() as u64;
                    input.len()
                }
                Method::Deflated => {
                    let (consumed, produced, end) = self.inflate.run(input, &mut self.block)?;
                    let bytes = &self.block[..produced];
                    unpacked += produced as u64;
                    if unpacked > member.unpacked || ended || consumed == 0 && produced == 0 {
                        return Err(wrong_size(member));
                    }
                    ended = end;
                    take(self.sink, bytes)?;
                    crc = zlib_rs::crc32::crc32(crc, bytes);
                    consumed
                }
            };
            self.input.consume(consumed);
            left -= consumed as u64;
        }
        self.at += member.packed;
        self.drain(member, &mut ended, &mut unpacked, &mut crc, take)?;
        if !ended || unpacked != member.unpacked {
            return Err(wrong_size(member));
        }
        if crc != member.crc {
            return Err(Fault::Corrupt { why: "its checksum differs".to_owned() }.into());
        }
        Ok(())
    }

    /// What the inflater still holds when all input has been given to it.
    fn drain(
        &mut self,
        member: &Member,
        ended: &mut bool,
        unpacked: &mut u64,
        crc: &mut u32,
        mut take: impl FnMut(&mut S, &[u8]) -> std::io::Result<()>,
    ) -> Result<(), ArchiveError> {
        while !*ended {
            let (_, produced, end) = self.inflate.run(&[], &mut self.block)?;
            *ended = end;
            *unpacked += produced as u64;
            if *unpacked > member.unpacked || produced == 0 && !end {
                return Err(wrong_size(member));
            }
            take(self.sink, &self.block[..produced])?;
            *crc = zlib_rs::crc32::crc32(*crc, &self.block[..produced]);
        }
        Ok(())
    }

    /// Reads what stands between the data and `end`: nothing, or the sizes and the checksum once more.
    fn descriptor(&mut self, member: &Member, end: u64) -> Result<(), ArchiveError> {
        let length = end - self.at;
        let wide = match length {
            0 => return Ok(()),
            12 | 16 => false,
            20 | 24 => true,
            _ => return Err(contradiction("something stands behind an entry")),
        };
        if !member.has_descriptor() {
            return Err(contradiction("something stands behind an entry"));
        }
        let mut bytes = Vec::new();
        self.input.by_ref().take(length).read_to_end(&mut bytes)?;
        self.at = end;
        let signed = matches!(length, 16 | 24);
        let unsigned = if signed { bytes.strip_prefix(b"PK\x07\x08").unwrap_or_default() } else { &bytes[..] };
        let mut fields = Fields::new(unsigned);
        let crc = fields.u32()?;
        let mut size = || if wide { fields.u64() } else { fields.u32().map(u64::from) };
        if crc != member.crc || size()? != member.packed || size()? != member.unpacked {
            return Err(contradiction("the record behind its data gives another size or checksum"));
        }
        Ok(())
    }
}

fn wrong_size(member: &Member) -> ArchiveError {
    Fault::Size { why: format!("it does not unpack to the {} bytes that are announced", member.unpacked) }.into()
}

fn path(name: &[u8]) -> Result<EntryPath, Fault> {
    Ok(EntryPath::from_bytes(name)?)
}

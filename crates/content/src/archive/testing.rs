//! Archives made byte by byte, so that they can be wrong in ways that no library would write.

use std::io::Write;

/// A header with a right checksum, then the data and their padding.
pub(crate) fn entry(kind: u8, name: &str, link: &str, mode: u32, data: &[u8]) -> Vec<u8> {
    entry_of_size(kind, name, link, mode, data.len() as u64, data)
}

/// The same, with a size of one's own.
pub(crate) fn entry_of_size(kind: u8, name: &str, link: &str, mode: u32, size: u64, data: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[100..107].copy_from_slice(format!("{mode:07o}").as_bytes());
    header[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
    header[136..147].copy_from_slice(b"00000000001");
    header[156] = kind;
    header[157..157 + link.len()].copy_from_slice(link.as_bytes());
    header[257..265].copy_from_slice(b"ustar\x0000");
    seal(&mut header);
    let mut out = header.to_vec();
    out.extend_from_slice(data);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

/// Writes the checksum.
pub(crate) fn seal(header: &mut [u8; 512]) {
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
}

pub(crate) fn file(name: &str, data: &[u8]) -> Vec<u8> {
    entry(b'0', name, "", 0o644, data)
}

pub(crate) fn folder(name: &str) -> Vec<u8> {
    entry(b'5', name, "", 0o755, b"")
}

pub(crate) fn symlink(name: &str, target: &str) -> Vec<u8> {
    entry(b'2', name, target, 0o777, b"")
}

pub(crate) fn hard_link(name: &str, target: &str) -> Vec<u8> {
    entry(b'1', name, target, 0o644, b"")
}

/// A PAX header for the entry that follows.
pub(crate) fn pax(records: &[&str]) -> Vec<u8> {
    let text: String = records
        .iter()
        .map(|record| {
            let rest = format!(" {record}\n");
            let length = (rest.len()..).find(|length| length.to_string().len() + rest.len() == *length).unwrap();
            format!("{length}{rest}")
        })
        .collect();
    entry(b'x', "PaxHeaders/x", "", 0o644, text.as_bytes())
}

/// A tar of these entries, with its end mark.
pub(crate) fn tar(entries: &[Vec<u8>]) -> Vec<u8> {
    [entries.concat(), vec![0; 1024]].concat()
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A member of a zip.
#[derive(Clone)]
pub(crate) struct Member<'a> {
    pub(crate) name: &'a str,
    pub(crate) data: &'a [u8],
    pub(crate) method: u16,
    pub(crate) flags: u16,
    /// Mode, with kind, as Unix has it.
    pub(crate) mode: u32,
}

pub(crate) fn member<'a>(name: &'a str, data: &'a [u8]) -> Member<'a> {
    Member { name, data, method: 8, flags: 0, mode: 0o100_644 }
}

/// A zip of these members. With flag 8, sizes follow the data.
pub(crate) fn zip(members: &[Member<'_>]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let offset = u32::try_from(out.len()).unwrap();
        let packed = if member.method == 8 { deflate(member.data) } else { member.data.to_vec() };
        let numbers = |known: bool| {
            let numbers = [
                zlib_rs::crc32::crc32(0, member.data),
                u32::try_from(packed.len()).unwrap(),
                u32::try_from(member.data.len()).unwrap(),
            ];
            numbers.map(|number| if known { number } else { 0 }).map(u32::to_le_bytes).concat()
        };
        let common = |known: bool| {
            let start = [20, member.flags, member.method, 0, 0].map(u16::to_le_bytes).concat();
            let lengths = [u16::try_from(member.name.len()).unwrap(), 0].map(u16::to_le_bytes).concat();
            [start, numbers(known), lengths].concat()
        };
        let has_descriptor = member.flags & 8 != 0;
        out.extend(
            [b"PK\x03\x04".to_vec(), common(!has_descriptor), member.name.as_bytes().to_vec(), packed.clone()].concat(),
        );
        if has_descriptor {
            out.extend([b"PK\x07\x08".to_vec(), numbers(true)].concat());
        }
        directory.extend([b"PK\x01\x02\x14\x03".to_vec(), common(true), vec![0; 6]].concat());
        directory.extend((member.mode << 16).to_le_bytes());
        directory.extend(offset.to_le_bytes());
        directory.extend(member.name.as_bytes());
    }
    let count = u16::try_from(members.len()).unwrap();
    let (size, at) = (u32::try_from(directory.len()).unwrap(), u32::try_from(out.len()).unwrap());
    out.extend(directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend([count, count].map(u16::to_le_bytes).concat());
    out.extend([size, at].map(u32::to_le_bytes).concat());
    out.extend([0; 2]);
    out
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut out = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::new(6));
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

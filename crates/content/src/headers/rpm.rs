//! The header of an rpm (RPM Package File Format, versions 3 and 4): a lead of 96 bytes, a header of signatures, and the header proper; what is installed
//! comes after them and is not read.

use std::io::Read;

use super::PackageHeader;
use crate::archive::{ArchiveError, Fault};

const LEAD: usize = 96;
/// How each header begins; the fourth byte is its version.
const MAGIC: [u8; 4] = [0x8e, 0xad, 0xe8, 0x01];
/// The most entries of a header.
const MOST_ENTRIES: u32 = 1 << 16;
/// The most bytes of a header's values: that of the largest packages, which names all their files.
const MOST_BYTES: u32 = 32 << 20;
/// Things that it needs, of which more are not looked at.
const MOST_DEPENDS: usize = 1000;

const NAME: u32 = 1000;
const VERSION: u32 = 1001;
const RELEASE: u32 = 1002;
const EPOCH: u32 = 1003;
const SUMMARY: u32 = 1004;
const BUILDTIME: u32 = 1006;
const SIZE: u32 = 1009;
const VENDOR: u32 = 1011;
const LICENSE: u32 = 1014;
const PACKAGER: u32 = 1015;
const GROUP: u32 = 1016;
const URL: u32 = 1020;
const ARCH: u32 = 1022;
const REQUIRE_FLAGS: u32 = 1048;
const REQUIRE_NAME: u32 = 1049;
const REQUIRE_VERSION: u32 = 1050;
const LONG_SIZE: u32 = 5009;

/// The kinds of values that are looked at.
const INT32: u32 = 4;
const INT64: u32 = 5;
const STRING: u32 = 6;
const STRING_ARRAY: u32 = 8;
const I18N_STRING: u32 = 9;

/// Reads the header.
pub(super) fn read(mut file: impl Read) -> Result<PackageHeader, ArchiveError> {
    take(&mut file, LEAD)?;
    let signatures = Header::read(&mut file)?;
    // The header proper begins at a multiple of eight.
    take(&mut file, signatures.values.len().wrapping_neg() % 8)?;
    let header = Header::read(&mut file)?;
    let name = header.text(NAME);
    if name.is_empty() {
        return Err(corrupt("its header has no name").into());
    }
    let vendor = header.text(VENDOR);
    Ok(PackageHeader {
        name,
        epoch: header.number(EPOCH).map(|epoch| epoch.to_string()),
        version: header.text(VERSION),
        release: header.text(RELEASE),
        arch: header.text(ARCH),
        vendor: if vendor.is_empty() { header.text(PACKAGER) } else { vendor },
        summary: header.text(SUMMARY),
        license: header.text(LICENSE),
        url: header.text(URL),
        group: header.text(GROUP),
        depends: header.depends(),
        size: header.number(LONG_SIZE).or_else(|| header.number(SIZE)),
        buildtime: header.number(BUILDTIME),
    })
}

fn corrupt(why: &str) -> Fault {
    Fault::Corrupt { why: why.to_owned() }
}

/// The next bytes of the file. Their number may be one that the file announces: no more is allocated than comes.
fn take(file: &mut impl Read, count: usize) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    file.take(count as u64).read_to_end(&mut bytes)?;
    if bytes.len() < count {
        return Err(Fault::Truncated { what: "the header of the rpm" }.into());
    }
    Ok(bytes)
}

fn int(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

struct Entry {
    tag: u32,
    kind: u32,
    offset: usize,
    count: usize,
}

struct Header {
    entries: Vec<Entry>,
    values: Vec<u8>,
}

impl Header {
    fn read(file: &mut impl Read) -> Result<Self, ArchiveError> {
        let intro = take(file, 16)?;
        let (Some(entries), Some(bytes)) = (int(&intro, 8), int(&intro, 12)) else {
            return Err(corrupt("its header is cut off").into());
        };
        if !intro.starts_with(&MAGIC) {
            return Err(corrupt("there is no header where one must be").into());
        }
        if entries > MOST_ENTRIES || bytes > MOST_BYTES {
            return Err(Fault::Limit { what: "its header is larger than any known package has".to_owned() }.into());
        }
        let index = take(file, entries as usize * 16)?;
        let entries = index.chunks_exact(16).filter_map(|entry| {
            let (tag, kind) = (int(entry, 0)?, int(entry, 4)?);
            Some(Entry { tag, kind, offset: int(entry, 8)? as usize, count: int(entry, 12)? as usize })
        });
        Ok(Self { entries: entries.collect(), values: take(file, bytes as usize)? })
    }

    /// The bytes from where the value of a tag begins, if it is of one of these kinds, and how many values there are.
    fn value(&self, tag: u32, kinds: &[u32]) -> Option<(&[u8], usize)> {
        let entry = self.entries.iter().find(|entry| entry.tag == tag && kinds.contains(&entry.kind))?;
        Some((self.values.get(entry.offset..)?, entry.count))
    }

    /// The first text of a tag; the default language stands first.
    fn text(&self, tag: u32) -> String {
        self.texts(tag, 1).into_iter().next().unwrap_or_default()
    }

    fn texts(&self, tag: u32, most: usize) -> Vec<String> {
        let Some((bytes, count)) = self.value(tag, &[STRING, STRING_ARRAY, I18N_STRING]) else { return Vec::new() };
        let texts = bytes.split(|byte| *byte == 0).take(count.min(most));
        texts.map(|text| String::from_utf8_lossy(text).trim().to_owned()).collect()
    }

    fn number(&self, tag: u32) -> Option<u64> {
        match self.value(tag, &[INT32]) {
            Some((bytes, _)) => int(bytes, 0).map(u64::from),
            None => Some(u64::from_be_bytes(*self.value(tag, &[INT64])?.0.first_chunk()?)),
        }
    }

    /// What the package needs, but for what every rpm needs of the tool itself.
    fn depends(&self) -> Vec<String> {
        let names = self.texts(REQUIRE_NAME, MOST_DEPENDS);
        let versions = self.texts(REQUIRE_VERSION, MOST_DEPENDS);
        let flags = self.value(REQUIRE_FLAGS, &[INT32]).map_or(&[][..], |(bytes, _)| bytes);
        let mut depends: Vec<String> = Vec::new();
        for (at, name) in names.iter().enumerate().filter(|(_, name)| !name.starts_with("rpmlib(") && !name.is_empty())
        {
            let version = versions.get(at).map_or("", String::as_str);
            let sign = match int(flags, at * 4).unwrap_or(0) & 0xe {
                0x2 => "<",
                0x4 => ">",
                0x8 => "=",
                0xa => "<=",
                0xc => ">=",
                _ => "",
            };
            let text =
                if version.is_empty() || sign.is_empty() { name.clone() } else { format!("{name} {sign} {version}") };
            if !depends.contains(&text) {
                depends.push(text);
            }
        }
        depends
    }
}

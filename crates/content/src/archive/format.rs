//! What an archive is by its first bytes, and whether that is what its name says.

use packhorse_model::filename::ArchiveFormat;

use super::fault::Fault;
use super::tar::Header;

/// How many bytes decide.
pub const SNIFFED: usize = 512;

/// How a deb begins: an ar archive whose first member says so.
const DEB: &[u8] = b"!<arch>\ndebian-binary";
/// How a System V package begins that is one file ("package datastream" of pkgtrans).
const PKG: &[u8] = b"# PaCkAgE DaTaStReAm";

/// The outermost layer of an archive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    /// Plain tar.
    Tar,
    /// gzip.
    Gzip,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// Zstandard.
    Zstd,
    /// zip, whatever its extension.
    Zip,
    /// A package of RPM.
    Rpm,
    /// A package of Debian.
    Deb,
    /// A package of System V, as a stream.
    Pkg,
    /// A program of Linux, or a script that names its interpreter.
    Program,
    /// Anything.
    Any,
}

impl Container {
    /// What a file of this format has outermost.
    #[must_use]
    pub fn of(format: ArchiveFormat) -> Self {
        match format {
            ArchiveFormat::Tar => Self::Tar,
            ArchiveFormat::TarGz => Self::Gzip,
            ArchiveFormat::TarBz2 => Self::Bzip2,
            ArchiveFormat::TarXz => Self::Xz,
            ArchiveFormat::TarZst => Self::Zstd,
            ArchiveFormat::Zip | ArchiveFormat::Jar | ArchiveFormat::War | ArchiveFormat::Ear => Self::Zip,
            ArchiveFormat::Rpm => Self::Rpm,
            ArchiveFormat::Deb => Self::Deb,
            ArchiveFormat::Pkg => Self::Pkg,
            ArchiveFormat::Bin => Self::Program,
            ArchiveFormat::File => Self::Any,
        }
    }

    /// Whether it is one file that nothing is taken out of.
    #[must_use]
    pub fn is_one_file(self) -> bool {
        matches!(self, Self::Rpm | Self::Deb | Self::Pkg | Self::Program | Self::Any)
    }

    fn sniff(head: &[u8]) -> Option<Self> {
        match head {
            [0xed, 0xab, 0xee, 0xdb, ..] => Some(Self::Rpm),
            [0x7f, b'E', b'L', b'F', ..] | [b'#', b'!', ..] => Some(Self::Program),
            _ if head.starts_with(DEB) => Some(Self::Deb),
            _ if head.starts_with(PKG) => Some(Self::Pkg),
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            [b'B', b'Z', b'h', b'1'..=b'9', ..] => Some(Self::Bzip2),
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Some(Self::Xz),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Self::Zstd),
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Self::Zip),
            _ => head.first_chunk().is_some_and(Header::is_one).then_some(Self::Tar),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Tar => "an uncompressed tar (.tar)",
            Self::Gzip => "gzip (.tar.gz)",
            Self::Bzip2 => "bzip2 (.tar.bz2)",
            Self::Xz => "xz (.tar.xz)",
            Self::Zstd => "zstd (.tar.zst)",
            Self::Zip => "zip (.zip, .jar, .war, .ear)",
            Self::Rpm => "an rpm (.rpm)",
            Self::Deb => "a Debian package (.deb)",
            Self::Pkg => "a System V package (.pkg)",
            Self::Program => "a program or a script (.bin)",
            Self::Any => "a file",
        }
    }
}

/// Whether an archive's first bytes (up to [`SNIFFED`] of them) are what its format says.
///
/// # Errors
/// [`Fault::Empty`] for an empty file, [`Fault::Format`], which names both, otherwise.
pub fn check_format(format: ArchiveFormat, head: &[u8]) -> Result<Container, Fault> {
    let named = Container::of(format);
    match Container::sniff(head) {
        _ if named == Container::Any && !head.is_empty() => Ok(named),
        Some(found) if found == named => Ok(named),
        Some(found) => Err(Fault::Format { named: format.suffix(), found: found.words() }),
        None if head.is_empty() => Err(Fault::Empty),
        None => Err(Fault::Format { named: format.suffix(), found: other_words(head) }),
    }
}

/// What people upload by mistake.
fn other_words(head: &[u8]) -> &'static str {
    match head {
        [b'7', b'z', 0xbc, 0xaf, ..] => "a 7z archive",
        [b'R', b'a', b'r', b'!', ..] => "a RAR archive",
        [b'M', b'Z', ..] => "a Windows program",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
        [b'x', b'a', b'r', b'!', ..] => "an installer of macOS",
        [b'P', b'K', ..] => "a zip with something in front, or in volumes",
        [b'<', ..] => "an HTML or XML text, perhaps an error page",
        [b'{', ..] => "a JSON text, perhaps an error message",
        _ => "of no kind known here",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_both_when_they_differ() {
        let refused = |format, head: &[u8]| check_format(format, head).unwrap_err().to_string();
        insta::assert_snapshot!(refused(ArchiveFormat::Zip, b"\x1f\x8b\x08"), @"the name says .zip, but the bytes are gzip (.tar.gz)");
        insta::assert_snapshot!(refused(ArchiveFormat::TarGz, b"PK\x03\x04"), @"the name says .tar.gz, but the bytes are zip (.zip, .jar, .war, .ear)");
        insta::assert_snapshot!(refused(ArchiveFormat::TarGz, b"<html>"), @"the name says .tar.gz, but the bytes are an HTML or XML text, perhaps an error page");
        insta::assert_snapshot!(refused(ArchiveFormat::Tar, &[0; 512]), @"the name says .tar, but the bytes are of no kind known here");
        insta::assert_snapshot!(refused(ArchiveFormat::TarXz, b""), @"there is nothing in it");
    }

    #[test]
    fn files_that_are_packages_are_known_by_their_first_bytes() {
        let deb = b"!<arch>\ndebian-binary   1410122664  0     0     100644  4         `\n2.0\n";
        assert_eq!(check_format(ArchiveFormat::Rpm, b"\xed\xab\xee\xdb\x03\0"), Ok(Container::Rpm));
        assert_eq!(check_format(ArchiveFormat::Deb, deb), Ok(Container::Deb));
        assert_eq!(check_format(ArchiveFormat::Pkg, b"# PaCkAgE DaTaStReAm\n"), Ok(Container::Pkg));
        assert_eq!(check_format(ArchiveFormat::Bin, b"#!/bin/sh\n"), Ok(Container::Program));
        assert_eq!(check_format(ArchiveFormat::File, b"anything"), Ok(Container::Any));
        assert_eq!(check_format(ArchiveFormat::File, b""), Err(Fault::Empty));
        let refused = |format, head: &[u8]| check_format(format, head).unwrap_err().to_string();
        insta::assert_snapshot!(refused(ArchiveFormat::Rpm, deb), @"the name says .rpm, but the bytes are a Debian package (.deb)");
        insta::assert_snapshot!(refused(ArchiveFormat::Pkg, b"xar!\0\x1c"), @"the name says .pkg, but the bytes are an installer of macOS");
        insta::assert_snapshot!(refused(ArchiveFormat::Bin, b"MZ"), @"the name says .bin, but the bytes are a Windows program");
    }

    #[test]
    fn a_jar_is_a_zip() {
        assert_eq!(check_format(ArchiveFormat::War, b"PK\x03\x04"), Ok(Container::Zip));
        assert_eq!(check_format(ArchiveFormat::TarZst, b"\x28\xb5\x2f\xfd\0"), Ok(Container::Zstd));
    }
}

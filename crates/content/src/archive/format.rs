//! What an archive is by its first bytes, and whether that is what its name says.

use packhorse_model::filename::ArchiveFormat;

use super::fault::Fault;
use super::tar::Header;

/// How many bytes decide.
pub const SNIFFED: usize = 512;

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
            ArchiveFormat::Zip | ArchiveFormat::Jar | ArchiveFormat::War => Self::Zip,
        }
    }

    fn sniff(head: &[u8]) -> Option<Self> {
        match head {
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
            Self::Zip => "zip (.zip, .jar, .war)",
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
        [0x7f, b'E', b'L', b'F', ..] => "a Linux program",
        [b'M', b'Z', ..] => "a Windows program",
        [b'%', b'P', b'D', b'F', ..] => "a PDF",
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
        insta::assert_snapshot!(refused(ArchiveFormat::TarGz, b"PK\x03\x04"), @"the name says .tar.gz, but the bytes are zip (.zip, .jar, .war)");
        insta::assert_snapshot!(refused(ArchiveFormat::TarGz, b"<html>"), @"the name says .tar.gz, but the bytes are an HTML or XML text, perhaps an error page");
        insta::assert_snapshot!(refused(ArchiveFormat::Tar, &[0; 512]), @"the name says .tar, but the bytes are of no kind known here");
        insta::assert_snapshot!(refused(ArchiveFormat::TarXz, b""), @"there is nothing in it");
    }

    #[test]
    fn a_jar_is_a_zip() {
        assert_eq!(check_format(ArchiveFormat::War, b"PK\x03\x04"), Ok(Container::Zip));
        assert_eq!(check_format(ArchiveFormat::TarZst, b"\x28\xb5\x2f\xfd\0"), Ok(Container::Zstd));
    }
}

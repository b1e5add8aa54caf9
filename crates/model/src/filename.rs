//! What the name of an archive says: `wecube-core-db_1.0.1_20191101001.tar.gz` is version 1.0.1, build 20191101001, of the
//! database package `wecube-core-db`.
//!
//! The rule is the application release specification's (`name_version_build.suffix`, `-db` before the version for a
//! database package); the build is optional, because packages in use leave it out.

use serde::{Deserialize, Serialize};

use crate::distribution;
use crate::kind::PackageKind;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// How an archive is packed. What a file's extension says must agree with its first bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ArchiveFormat {
    /// Uncompressed tar.
    Tar,
    /// tar, gzip.
    TarGz,
    /// tar, bzip2.
    TarBz2,
    /// tar, xz.
    TarXz,
    /// tar, zstd.
    TarZst,
    /// zip.
    Zip,
    /// A Java archive: a package by itself, kept packed.
    Jar,
    /// A web archive: a package by itself, kept packed.
    War,
    /// An enterprise archive: a package by itself, kept packed.
    Ear,
    /// A package of RPM, one file.
    Rpm,
    /// A package of Debian, one file.
    Deb,
    /// A package of System V in the form of a stream, one file.
    Pkg,
    /// A program or a script, such as one that installs itself; one file.
    Bin,
    /// Any file, as it is. No extension names it: it must be said.
    File,
}

/// What becomes of an archive's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// A tar, with or without something around it: the package is what is in it.
    Tar,
    /// A zip: the package is what is in it.
    Zip,
    /// A zip that is a package by itself: it is looked into, and kept packed.
    PackedZip,
    /// One file that is a package by itself: it is not unpacked.
    OneFile,
}

const SUFFIXES: [(&str, ArchiveFormat); 17] = [
    (".tar", ArchiveFormat::Tar),
    (".tar.gz", ArchiveFormat::TarGz),
    (".tgz", ArchiveFormat::TarGz),
    (".tar.bz2", ArchiveFormat::TarBz2),
    (".tbz2", ArchiveFormat::TarBz2),
    (".tar.xz", ArchiveFormat::TarXz),
    (".txz", ArchiveFormat::TarXz),
    (".tar.zst", ArchiveFormat::TarZst),
    (".tzst", ArchiveFormat::TarZst),
    (".zip", ArchiveFormat::Zip),
    (".jar", ArchiveFormat::Jar),
    (".war", ArchiveFormat::War),
    (".ear", ArchiveFormat::Ear),
    (".rpm", ArchiveFormat::Rpm),
    (".deb", ArchiveFormat::Deb),
    (".pkg", ArchiveFormat::Pkg),
    (".bin", ArchiveFormat::Bin),
];

impl ArchiveFormat {
    /// The format that a file name's extension names, and the name without it.
    #[must_use]
    pub fn of_file_name(file_name: &str) -> Option<(&str, Self)> {
        SUFFIXES.iter().find_map(|(suffix, format)| {
            let at = file_name.len().checked_sub(suffix.len()).filter(|at| file_name.is_char_boundary(*at))?;
            let (stem, end) = file_name.split_at(at);
            end.eq_ignore_ascii_case(suffix).then_some((stem, *format))
        })
    }

    /// What becomes of the bytes of such an archive.
    #[must_use]
    pub fn packing(self) -> Packing {
        match self {
            Self::Tar | Self::TarGz | Self::TarBz2 | Self::TarXz | Self::TarZst => Packing::Tar,
            Self::Zip => Packing::Zip,
            Self::Jar | Self::War | Self::Ear => Packing::PackedZip,
            Self::Rpm | Self::Deb | Self::Pkg | Self::Bin | Self::File => Packing::OneFile,
        }
    }

    /// The extension that names the format, with its dot; empty if none does.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        SUFFIXES.iter().find(|(_, format)| *format == self).map_or("", |(suffix, _)| suffix)
    }
}

/// What a file name was found to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName {
    /// The package, with `-db` if it has it.
    pub package: PackageName,
    /// The version.
    pub version: VersionNumber,
    /// What stands between version and extension.
    pub build: Option<String>,
    /// Database package if the name ends in `-db`, file package otherwise.
    pub kind: PackageKind,
    /// By the extension.
    pub format: ArchiveFormat,
}

/// Why a file name says nothing usable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileNameError {
    /// Unknown extension.
    #[error(
        "the extension of {file_name:?} is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war .ear .rpm .deb .pkg .bin"
    )]
    Extension {
        /// The name as given.
        file_name: String,
    },
    /// No `name_version`.
    #[error(
        "{file_name:?} does not say its name and version: use NAME_VERSION_BUILD{suffix}, as in shop-web_1.0.0_20261101001{suffix}, or give both"
    )]
    Form {
        /// The name as given.
        file_name: String,
        /// Its extension.
        suffix: &'static str,
    },
}

impl FileName {
    /// Reads a file name (without folders).
    ///
    /// # Errors
    /// When the extension is unknown, or the rest is not `name_version` or `name_version_build`.
    pub fn parse(file_name: &str) -> Result<Self, FileNameError> {
        let (_, format) = ArchiveFormat::of_file_name(file_name)
            .ok_or_else(|| FileNameError::Extension { file_name: file_name.to_owned() })?;
        Self::parse_as(file_name, format)
    }

    /// Reads the name of a file whose format is known, whatever its extension.
    ///
    /// # Errors
    /// When what stands before the extension is not `name_version` or `name_version_build`, nor, of an rpm or a deb, as usual there.
    pub fn parse_as(file_name: &str, format: ArchiveFormat) -> Result<Self, FileNameError> {
        let stem = stem(file_name);
        let found = match format {
            ArchiveFormat::Rpm => distribution::of_rpm_name(stem),
            ArchiveFormat::Deb => distribution::of_deb_name(stem),
            _ => None,
        };
        // `foo.x86_64` would be version 64 of foo.x86 otherwise.
        let is_other = format != ArchiveFormat::Rpm || !distribution::names_architecture(stem);
        found
            .map(|(package, version)| Self { kind: kind(&package), package, version, build: None, format })
            .or_else(|| Self::of_stem(stem, format).filter(|_| is_other))
            .ok_or_else(|| FileNameError::Form { file_name: file_name.to_owned(), suffix: format.suffix() })
    }

    fn of_stem(stem: &str, format: ArchiveFormat) -> Option<Self> {
        let (package, rest) = stem.split_once('_')?;
        let (version, build) = match rest.split_once('_') {
            Some((version, build)) if is_build(build) => (version, Some(build.to_owned())),
            Some(_) => return None,
            None => (rest, None),
        };
        let package: PackageName = package.parse().ok()?;
        Some(Self { kind: kind(&package), package, version: version.parse().ok()?, build, format })
    }
}

/// The kind that the name of a package says: `-db` at its end is a database package.
#[must_use]
pub fn kind(package: &PackageName) -> PackageKind {
    if package.as_str().ends_with("-db") { PackageKind::Database } else { PackageKind::File }
}

/// A file name without its extension.
#[must_use]
pub fn stem(file_name: &str) -> &str {
    if let Some((stem, _)) = ArchiveFormat::of_file_name(file_name) {
        return stem;
    }
    match file_name.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.starts_with(|c: char| c.is_ascii_alphabetic()) => stem,
        _ => file_name,
    }
}

/// The name that the one file of a package gets that is kept packed: the package's, with the extension that the file had.
#[must_use]
pub fn packed_name(package: &str, file_name: &str, format: ArchiveFormat) -> String {
    let extension = match format.suffix() {
        "" => file_name.strip_prefix(stem(file_name)).unwrap_or_default(),
        suffix => suffix,
    };
    format!("{package}{extension}")
}

fn is_build(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_names_of_the_specification_and_of_practice() {
        let read = |name: &str| {
            let f = FileName::parse(name).unwrap();
            format!("{} {} {} {:?} {:?}", f.package, f.version, f.build.unwrap_or_default(), f.kind, f.format)
        };
        insta::assert_snapshot!(read("wecube-core_1.0.0_20191101001.tar.gz"), @"wecube-core 1.0.0 20191101001 File TarGz");
        insta::assert_snapshot!(read("wecube-core-db_1.0.1_20191101001.tar.gz"), @"wecube-core-db 1.0.1 20191101001 Database TarGz");
        insta::assert_snapshot!(read("demo-app-spring-boot_1.5.3.TGZ"), @"demo-app-spring-boot 1.5.3  File TarGz");
        insta::assert_snapshot!(read("shop_2.18_rc-1.zip"), @"shop 2.18 rc-1 File Zip");
        insta::assert_snapshot!(read("bash-5.1.8-6.el9.x86_64.rpm"), @"bash 5.1.8-6.el9  File Rpm");
        insta::assert_snapshot!(read("shop_1.0.0_7.rpm"), @"shop 1.0.0 7 File Rpm");
        insta::assert_snapshot!(read("bind9_1%3a9.18.24-1_amd64.deb"), @"bind9 9.18.24-1  File Deb");
    }

    #[test]
    fn says_what_is_missing() {
        insta::assert_snapshot!(FileName::parse("a.rar").unwrap_err(), @r#"the extension of "a.rar" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war .ear .rpm .deb .pkg .bin"#);
        insta::assert_snapshot!(FileName::parse("pyspark-3.5.5.tar.gz").unwrap_err(), @r#""pyspark-3.5.5.tar.gz" does not say its name and version: use NAME_VERSION_BUILD.tar.gz, as in shop-web_1.0.0_20261101001.tar.gz, or give both"#);
        assert!(FileName::parse("a_1.0.0_.zip").is_err());
        assert!(FileName::parse("_1.0.0.zip").is_err());
        assert!(FileName::parse("é").is_err());
        assert!(FileName::parse("foo.x86_64.rpm").is_err(), "an architecture is no version");
    }

    #[test]
    fn one_file_keeps_its_extension() {
        assert_eq!(packed_name("rhel", "rhel-5.4.iso", ArchiveFormat::File), "rhel.iso");
        assert_eq!(packed_name("rhel", "rhel-5.4", ArchiveFormat::File), "rhel");
        assert_eq!(packed_name("jdk", "jdk-6.BIN", ArchiveFormat::Bin), "jdk.bin");
    }
}

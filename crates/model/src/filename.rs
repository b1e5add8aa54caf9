//! What the name of an archive says: `wecube-core-db_1.0.1_20191101001.tar.gz` is version 1.0.1, build 20191101001, of the
//! database package `wecube-core-db`.
//!
//! The rule is the application release specification's (`name_version_build.suffix`, `-db` before the version for a
//! database package); the build is optional, because packages in use leave it out.

use serde::{Deserialize, Serialize};

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
}

const SUFFIXES: [(&str, ArchiveFormat); 12] = [
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

    /// The extension that names the format, with its dot.
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
    #[error("the extension of {file_name:?} is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war")]
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
        let (stem, format) = ArchiveFormat::of_file_name(file_name)
            .ok_or_else(|| FileNameError::Extension { file_name: file_name.to_owned() })?;
        Self::of_stem(stem, format)
            .ok_or_else(|| FileNameError::Form { file_name: file_name.to_owned(), suffix: format.suffix() })
    }

    fn of_stem(stem: &str, format: ArchiveFormat) -> Option<Self> {
        let (package, rest) = stem.split_once('_')?;
        let (version, build) = match rest.split_once('_') {
            Some((version, build)) if is_build(build) => (version, Some(build.to_owned())),
            Some(_) => return None,
            None => (rest, None),
        };
        let kind = if package.ends_with("-db") { PackageKind::Database } else { PackageKind::File };
        Some(Self { package: package.parse().ok()?, version: version.parse().ok()?, build, kind, format })
    }
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
    }

    #[test]
    fn says_what_is_missing() {
        insta::assert_snapshot!(FileName::parse("a.rar").unwrap_err(), @r#"the extension of "a.rar" is not one of .tar .tar.gz .tgz .tar.bz2 .tar.xz .tar.zst .zip .jar .war"#);
        insta::assert_snapshot!(FileName::parse("pyspark-3.5.5.tar.gz").unwrap_err(), @r#""pyspark-3.5.5.tar.gz" does not say its name and version: use NAME_VERSION_BUILD.tar.gz, as in shop-web_1.0.0_20261101001.tar.gz, or give both"#);
        assert!(FileName::parse("a_1.0.0_.zip").is_err());
        assert!(FileName::parse("_1.0.0.zip").is_err());
        assert!(FileName::parse("é").is_err());
    }
}

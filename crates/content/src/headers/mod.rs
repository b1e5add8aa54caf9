//! What the packages of Linux distributions say about themselves: the header of an rpm, the control file of a deb.
//!
//! Only the header is read, never what is installed by it, and no more of it than its limits say. What it says goes into the attributes of a version where nobody said
//! anything else; it decides nothing.

mod deb;
mod rpm;
#[cfg(test)]
mod tests;

use std::io::Read;

use packhorse_model::api::package_edit::LONGEST_DESCRIPTION;
use packhorse_model::api::packages::Finding;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::lint::rules::names::HEADER_NAME;
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageName, VersionNumber, distribution};

use crate::archive::ArchiveError;

/// The most bytes of a value that goes into an attribute.
const LONGEST_VALUE: usize = 4096;

/// What a header says. What it leaves out is empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PackageHeader {
    /// The package's name.
    pub name: String,
    /// What orders above the version.
    pub epoch: Option<String>,
    /// Its version, without epoch and release.
    pub version: String,
    /// The release of an rpm, the revision of a deb.
    pub release: String,
    /// Hardware architecture.
    pub arch: String,
    /// Who made it: the vendor or packager of an rpm, the maintainer of a deb.
    pub vendor: String,
    /// One line about it.
    pub summary: String,
    /// Its licence.
    pub license: String,
    /// Its home page.
    pub url: String,
    /// What it is sorted under: an rpm's group, a deb's section.
    pub group: String,
    /// What it needs, each with the versions that will do.
    pub depends: Vec<String>,
    /// Bytes that it takes when it is installed.
    pub size: Option<u64>,
    /// When it was built, in seconds since 1970.
    pub buildtime: Option<u64>,
}

/// Whether packages of this format have a header.
#[must_use]
pub fn has_header(format: ArchiveFormat) -> bool {
    matches!(format, ArchiveFormat::Rpm | ArchiveFormat::Deb)
}

/// Reads the header of a package; none of formats that have none.
///
/// # Errors
/// [`ArchiveError::Refused`] if there is no header that can be read, [`ArchiveError::Io`] if the bytes cannot be.
pub fn read(format: ArchiveFormat, file: impl Read) -> Result<Option<PackageHeader>, ArchiveError> {
    match format {
        ArchiveFormat::Rpm => rpm::read(file).map(Some),
        ArchiveFormat::Deb => deb::read(file).map(Some),
        _ => Ok(None),
    }
}

/// What lint says of a header that is another's.
#[must_use]
pub fn name_finding(message: String) -> Finding {
    HEADER_NAME.broken(message)
}

impl PackageHeader {
    /// The version number that the header stands for.
    #[must_use]
    pub fn number(&self) -> Option<VersionNumber> {
        distribution::number(
            &self.version,
            Some(&self.release).filter(|release| !release.is_empty()).map(String::as_str),
        )
    }

    /// The package that the header stands for.
    #[must_use]
    pub fn package(&self) -> Option<PackageName> {
        distribution::package(&self.name)
    }

    /// What the header says, if it is another package or version than is said.
    #[must_use]
    pub fn differs_from(&self, package: &PackageName, version: &VersionNumber) -> Option<String> {
        let is_same = self.package().as_ref() == Some(package) && self.number().is_none_or(|number| number == *version);
        (!is_same).then(|| {
            let number = self.number().map_or_else(|| format!("version {}", self.version), |number| number.to_string());
            format!("its header says {} {number}, and it is pushed as {package} {version}", self.name)
        })
    }

    /// Writes what the header says into a manifest, where that says nothing.
    pub fn fill(&self, manifest: &mut Manifest) {
        if manifest.description.is_empty() {
            manifest.description = clip(&self.summary).chars().take(LONGEST_DESCRIPTION).collect();
        }
        let metadata = &mut manifest.metadata;
        let buildtime = self.buildtime.and_then(packhorse_model::project::buildtime::of_seconds).unwrap_or_default();
        for (field, value) in [
            (&mut metadata.arch, &self.arch),
            (&mut metadata.vendor, &self.vendor),
            (&mut metadata.release, &self.release),
            (&mut metadata.buildtime, &buildtime),
        ] {
            if field.as_ref().is_none_or(String::is_empty) && !value.is_empty() {
                *field = Some(clip(value));
            }
        }
        let more = [
            ("header_name", self.name.clone()),
            ("header_version", self.version.clone()),
            ("epoch", self.epoch.clone().unwrap_or_default()),
            ("license", self.license.clone()),
            ("url", self.url.clone()),
            ("group", self.group.clone()),
            ("depends", joined(&self.depends)),
            ("installed_size", self.size.map(|size| size.to_string()).unwrap_or_default()),
        ];
        for (name, value) in more.into_iter().filter(|(_, value)| !value.is_empty()) {
            metadata.more.entry(name.to_owned()).or_insert_with(|| clip(&value));
        }
    }
}

/// Text as an attribute can hold it: one line, and not longer than allowed.
fn clip(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    let mut end = clean.len().min(LONGEST_VALUE);
    while !clean.is_char_boundary(end) {
        end -= 1;
    }
    clean[..end].to_owned()
}

/// As many as an attribute can hold; what is left out is said at the end.
fn joined(items: &[String]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if text.len() + item.len() + 20 > LONGEST_VALUE {
            text.push_str(&format!(", and {} more", items.len() - at));
            break;
        }
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(item);
    }
    text
}

//! The sixteen attributes of a version, each with where it is from, and the seven without which nothing is deployed.

use std::collections::BTreeMap;

use crate::api::objects::{MetadataAttribute, MetadataSource};
use crate::filename::ArchiveFormat;
use crate::manifest::Manifest;
use crate::name::PackageName;
use crate::version::VersionNumber;

/// All of them, by name.
pub const ATTRIBUTES: [&str; 16] = [
    "arch",
    "base",
    "buildtime",
    "description",
    "filename",
    "filetype",
    "installrank",
    "installroot",
    "name",
    "release",
    "releasetag",
    "repoUrl",
    "restart",
    "type",
    "vendor",
    "version",
];

/// Those that a deployment needs.
pub const REQUIRED: [&str; 7] = ["base", "filename", "installroot", "name", "repoUrl", "type", "version"];

/// What the content of a version says.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The package.
    pub package: &'a PackageName,
    /// The number.
    pub version: &'a VersionNumber,
    /// The version's line.
    pub description: &'a str,
    /// The manifest.
    pub manifest: &'a Manifest,
    /// The archive's file name.
    pub file_name: &'a str,
    /// How it is packed.
    pub format: ArchiveFormat,
}

/// The subtype of a file that is packed so.
#[must_use]
pub fn subtype(format: ArchiveFormat) -> &'static str {
    match format {
        ArchiveFormat::TarGz => "tgz",
        ArchiveFormat::TarBz2 => "tbz2",
        ArchiveFormat::TarXz => "txz",
        ArchiveFormat::TarZst => "tzst",
        ArchiveFormat::File => "file",
        other => other.suffix().trim_start_matches('.'),
    }
}

/// The subtypes that packages have here, by name: those of ControlTier, and those of the other formats.
pub const SUBTYPES: [&str; 14] =
    ["bin", "deb", "ear", "file", "jar", "pkg", "rpm", "tar", "tbz2", "tgz", "txz", "tzst", "war", "zip"];

/// The format that the files of a subtype have; none if it is no subtype of ours.
#[must_use]
pub fn format_of(subtype: &str) -> Option<ArchiveFormat> {
    if subtype == "file" {
        return Some(ArchiveFormat::File);
    }
    ArchiveFormat::of_file_name(&format!("x.{subtype}")).map(|(_, format)| format).filter(|_| !subtype.contains('.'))
}

/// The attributes of a version: what a project.xml registered stands above the manifest, but never above what the content is.
#[must_use]
pub fn attributes(registered: &BTreeMap<String, String>, content: Option<Facts<'_>>) -> Vec<MetadataAttribute> {
    let of = |name: &str| {
        let said = || registered.get(name).cloned().map(|value| (value, MetadataSource::Said));
        let found = match content {
            None => said(),
            Some(facts) => derived(name, facts)
                .or_else(|| said().filter(|(value, _)| !value.is_empty()))
                .or_else(|| manifest(name, facts.manifest).map(|value| (value, MetadataSource::Said)))
                .filter(|(value, _)| !value.is_empty())
                .or_else(|| default(name, facts).map(|value| (value, MetadataSource::Default))),
        };
        let found = found.filter(|(value, _)| !value.is_empty());
        let (value, source) = found.map_or((String::new(), None), |(value, source)| (value, Some(source)));
        MetadataAttribute { name: name.to_owned(), value, source, is_required: REQUIRED.contains(&name) }
    };
    ATTRIBUTES.into_iter().map(of).collect()
}

/// Those that a deployment needs and that have no value.
#[must_use]
pub fn missing(attributes: &[MetadataAttribute]) -> Vec<&str> {
    let lacking = attributes.iter().filter(|attribute| attribute.is_required && attribute.value.is_empty());
    lacking.map(|attribute| attribute.name.as_str()).collect()
}

/// The place among what is installed together, the lowest first; none if nobody said one, which goes last.
#[must_use]
pub fn installrank(attributes: &[MetadataAttribute]) -> Option<i64> {
    attributes.iter().find(|attribute| attribute.name == "installrank")?.value.trim().parse().ok()
}

/// What the content is, whatever anybody says.
fn derived(name: &str, facts: Facts<'_>) -> Option<(String, MetadataSource)> {
    let value = match name {
        "filename" => facts.file_name.to_owned(),
        "filetype" => subtype(facts.format).to_owned(),
        "version" => facts.version.to_string(),
        // Where files go is fixed with the content.
        "installroot" => {
            return Some(match &facts.manifest.install_root {
                Some(root) => (root.clone(), MetadataSource::Said),
                None => (format!("/data/app/{}", facts.package), MetadataSource::Default),
            });
        }
        _ => return None,
    };
    Some((value, MetadataSource::Derived))
}

fn manifest(name: &str, manifest: &Manifest) -> Option<String> {
    let metadata = &manifest.metadata;
    match name {
        "arch" => metadata.arch.clone(),
        "base" => metadata.base.clone(),
        "buildtime" => metadata.buildtime.clone(),
        "description" => Some(manifest.description.clone()),
        "installrank" => metadata.installrank.map(|rank| rank.to_string()),
        "release" => metadata.release.clone(),
        "releasetag" => metadata.releasetag.clone(),
        "repoUrl" => metadata.repo_url.clone(),
        "restart" => metadata.restart.map(|restart| restart.to_string()),
        "type" => metadata.subtype.clone(),
        "vendor" => metadata.vendor.clone(),
        _ => None,
    }
}

fn default(name: &str, facts: Facts<'_>) -> Option<String> {
    let Facts { package, version, .. } = facts;
    match name {
        "base" => Some(format!("{package}_{version}")),
        "description" => Some(facts.description.to_owned()),
        "name" => Some(package.to_string()),
        "repoUrl" => Some(format!("/api/v1/packages/{package}/versions/{version}/archive")),
        "type" => Some(subtype(facts.format).to_owned()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ordinary_version_lacks_nothing() {
        let (package, version) = ("shop".parse().unwrap(), "1.0.0".parse().unwrap());
        let mut manifest = Manifest::default();
        manifest.metadata.vendor = Some("We".to_owned());
        let facts = Facts {
            package: &package,
            version: &version,
            description: "",
            manifest: &manifest,
            file_name: "shop_1.0.0.tgz",
            format: ArchiveFormat::TarGz,
        };
        let registered =
            BTreeMap::from([("installrank".to_owned(), "3".to_owned()), ("base".to_owned(), String::new())]);
        let found = attributes(&registered, Some(facts));
        let lines = found.iter().filter_map(|a| Some(format!("{}={} {:?}", a.name, a.value, a.source?)));
        insta::assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r"
        base=shop_1.0.0 Default
        filename=shop_1.0.0.tgz Derived
        filetype=tgz Derived
        installrank=3 Said
        installroot=/data/app/shop Default
        name=shop Default
        repoUrl=/api/v1/packages/shop/versions/1.0.0/archive Default
        type=tgz Default
        vendor=We Said
        version=1.0.0 Derived
        ");
        assert!(missing(&found).is_empty());
        assert_eq!(installrank(&found), Some(3));
        let unranked = attributes(&BTreeMap::new(), Some(facts));
        assert_eq!((missing(&unranked), installrank(&unranked)), (vec![], None), "it goes last, and may go");
    }

    #[test]
    fn every_subtype_has_a_format_and_back() {
        for name in SUBTYPES {
            assert_eq!(format_of(name).map(subtype), Some(name));
        }
        assert_eq!((format_of("rar"), format_of("tar.gz"), format_of("")), (None, None, None));
    }

    #[test]
    fn what_is_only_registered_lacks_what_nobody_said() {
        let registered = BTreeMap::from([("version".to_owned(), "1".to_owned()), ("base".to_owned(), String::new())]);
        let found = attributes(&registered, None);
        assert_eq!(missing(&found), ["base", "filename", "installroot", "name", "repoUrl", "type"]);
    }
}

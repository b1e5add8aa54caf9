//! Which version of which package a package object stands for.
//!
//! ControlTier knows a package by its type and the name of its file; Packhorse by its name and a version. The first is taken to the second by the
//! attributes `filename` and `version`, so that a file that is pushed later under that name and version is the content of the object.

use std::collections::BTreeMap;

use crate::distribution;
use crate::filename::{FileName, stem};
use crate::name::{ObjectName, PackageName};
use crate::version::VersionNumber;

/// The version that an object stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The package.
    pub package: PackageName,
    /// Its version.
    pub version: VersionNumber,
}

impl Registration {
    /// By the name and the attributes of a package object; none if they do not make a package's name and a version number.
    ///
    /// `shop-web_1.0.0_1.tar.gz` says both by itself; `apache-tomcat-5.5.26.zip` of version 5.5.26 is the package `apache-tomcat`.
    #[must_use]
    pub fn of(name: &ObjectName, attributes: &BTreeMap<String, String>) -> Option<Self> {
        let said = |key: &str| attributes.get(key).map(String::as_str).filter(|value| !value.is_empty());
        let file_name = said("filename").unwrap_or(name.as_str());
        let version = said("version").map(str::parse::<VersionNumber>);
        let by_name = FileName::parse(file_name).ok().map(|said| Self { package: said.package, version: said.version });
        match (version, by_name) {
            (None, by_name) => by_name,
            (Some(Ok(version)), Some(found)) if found.version == version => Some(found),
            (Some(Ok(version)), _) => Some(Self { package: package(stem(file_name), &version)?, version }),
            (Some(Err(_)), _) => None,
        }
    }
}

/// The package that a stem names, without the version at its end and with what no package name may hold written as `-`.
#[must_use]
pub fn package(stem: &str, version: &VersionNumber) -> Option<PackageName> {
    let shorter = stem.strip_suffix(version.as_str()).map(|stem| stem.trim_end_matches(['-', '_', '.', 'v']));
    let name = shorter.filter(|name| !name.is_empty()).unwrap_or(stem);
    distribution::package(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, attributes: &[(&str, &str)]) -> String {
        let attributes = attributes.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        match Registration::of(&name.parse().unwrap(), &attributes) {
            Some(found) => format!("{}@{}", found.package, found.version),
            None => "none".to_owned(),
        }
    }

    #[test]
    fn file_names_and_versions_lead_to_packages() {
        assert_eq!(of("apache-tomcat-5.5.26.zip", &[("version", "5.5.26")]), "apache-tomcat@5.5.26");
        assert_eq!(of("shop-web_1.0.0_1.tar.gz", &[]), "shop-web@1.0.0");
        assert_eq!(of("shop-web_1.0.0_1.tar.gz", &[("version", "1.0.0")]), "shop-web@1.0.0");
        assert_eq!(of("a", &[("filename", "hudson.war"), ("version", "1.299")]), "hudson@1.299");
        assert_eq!(of("graphviz", &[("version", "2.12")]), "graphviz@2.12");
        assert_eq!(of("my_tool_1.2.bin", &[("version", "1.2")]), "my-tool@1.2");
    }

    #[test]
    fn what_is_no_version_stands_for_none() {
        assert_eq!(of("rhel-5.4-x86_64-dvd.iso", &[("version", "5.4-x86_64")]), "none");
        assert_eq!(of("foo.zip", &[]), "none");
        assert_eq!(of("foo.zip", &[("version", "")]), "none");
    }
}

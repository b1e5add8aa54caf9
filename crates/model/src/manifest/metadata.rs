//! Attributes that other systems know a package by: those of ControlTier's Package type that no other part of the manifest says.
//! Its `name`, `version` and `description` are the version's own, `installroot` is `install_root`, `filename` the archive's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::wrong;

/// The most bytes that one attribute may have.
const LONGEST: usize = 4096;
/// The most further attributes.
const MOST: usize = 256;

/// The attributes. Empty text is as good as none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Hardware architecture: `noarch`, `x86_64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// Base directory or base name of the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    /// When it was built, or what build it is, as the builder writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buildtime: Option<String>,
    /// Archive format.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filetype: Option<String>,
    /// Order among what is installed together: the lowest first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installrank: Option<i64>,
    /// Release of the version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<String>,
    /// What the release is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub releasetag: Option<String>,
    /// Where the file lies in a repository.
    #[serde(rename = "repoUrl", skip_serializing_if = "Option::is_none")]
    pub repo_url: Option<String>,
    /// Whether a service restarts after the installation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<bool>,
    /// Subtype: bin, ear, file, jar, pkg, rpm, tgz, war, zip.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub subtype: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Further attributes: what a jar's manifest or an rpm's header says, and what people add.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, String>,
}

impl Metadata {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let named = [
            ("arch", &self.arch),
            ("base", &self.base),
            ("buildtime", &self.buildtime),
            ("filetype", &self.filetype),
            ("release", &self.release),
            ("releasetag", &self.releasetag),
            ("repoUrl", &self.repo_url),
            ("type", &self.subtype),
            ("vendor", &self.vendor),
        ];
        let named = named.into_iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let more = self.more.iter().map(|(name, value)| (name.as_str(), value));
        for (name, value) in named.chain(more) {
            if value.len() > LONGEST || value.contains('\0') {
                return Err(wrong(format!("metadata.{name}"), "must be text of at most 4096 bytes"));
            }
        }
        if self.more.len() > MOST {
            return Err(wrong("metadata.more", "must not have more than 256 attributes"));
        }
        match self.more.keys().find(|name| name.is_empty() || name.len() > 128 || name.chars().any(char::is_control)) {
            Some(name) => Err(wrong("metadata.more", format!("{name:?} is no name of an attribute"))),
            None => Ok(()),
        }
    }
}

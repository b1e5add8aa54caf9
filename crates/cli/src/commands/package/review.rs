//! Looking into the SQL of a database package and the script of a script package, for `packhorse package lint`. The danger rules are
//! those that come with Packhorse: this works without a server.

use std::io;

use packhorse_content::Tree;
use packhorse_content::danger::RuleSet;
use packhorse_content::review::Subject;
use packhorse_model::api::packages::Finding;
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageKind, VersionNumber};

use crate::error::CommandError;

/// What is found in the files of `tree`; `read` gives the bytes of one of them.
///
/// Scripts beside other files are looked at when the package is pushed: here, each would be another pass over the archive.
pub(super) fn review(
    tree: &Tree,
    kind: PackageKind,
    version: &VersionNumber,
    manifest: &Manifest,
    mut read: impl FnMut(&str) -> Result<Option<Vec<u8>>, CommandError>,
) -> Result<Vec<Finding>, CommandError> {
    if !matches!(kind, PackageKind::Database | PackageKind::Script) {
        return Ok(Vec::new());
    }
    let subject = Subject { kind, version, manifest, tree };
    let mut failure = None;
    let findings = subject.review(&RuleSet::of_defaults(), |entry| match read(entry.path.as_str()) {
        Ok(bytes) => Ok(bytes.unwrap_or_default()),
        Err(error) => {
            failure = Some(error);
            Err(io::ErrorKind::InvalidData.into())
        }
    });
    match (findings, failure) {
        (_, Some(error)) => Err(error),
        (Err(error), None) => Err(CommandError::failed(error.to_string())),
        (Ok(findings), None) => Ok(findings),
    }
}

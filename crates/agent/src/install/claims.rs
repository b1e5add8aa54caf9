//! Whether a place is free: two packages of one host have neither a directory nor a file in common.

use std::path::{Path, PathBuf};

use packhorse_content::EntryPath;
use packhorse_model::PackageName;

use super::lay::Laid;
use super::record::Instances;
use super::site::SiteError;
use crate::files;
use crate::paths::Paths;

/// Refuses an install root and targets (relative to the root of the host) that another package of this host has, or that lie among what it has.
///
/// # Errors
/// [`SiteError::Taken`], [`SiteError::Nested`], [`SiteError::Claimed`], and those of the disk.
pub fn unclaimed(
    paths: &Paths,
    package: &PackageName,
    install_root: &str,
    targets: &[EntryPath],
) -> Result<(), SiteError> {
    let wrong = |path: PathBuf| move |source| SiteError::Io { path, source };
    let instances = Instances::load(paths).map_err(wrong(paths.instances()))?;
    for (other, root) in instances.roots.iter().filter(|(other, _)| *other != package) {
        let nested =
            || SiteError::Nested { root: install_root.to_owned(), other: root.clone(), package: other.clone() };
        let claimed = |path: &str| SiteError::Claimed { path: format!("/{path}"), package: other.clone() };
        if root == install_root {
            return Err(SiteError::Taken { root: root.clone(), package: other.clone() });
        }
        if is_in(install_root, root) || is_in(root, install_root) {
            return Err(nested());
        }
        if let Some(target) = targets.iter().find(|target| is_in(&format!("/{target}"), root)) {
            return Err(claimed(target.as_str()));
        }
        let Some(theirs) = paths.on_host(root).map(|root| root.join(".packhorse/laid.json")) else { continue };
        let laid: Option<Laid> = files::read_json(&theirs).map_err(wrong(theirs.clone()))?;
        let origins = laid.map(|laid| laid.origins).unwrap_or_default();
        if let Some(target) = targets.iter().find(|target| origins.contains_key(target.as_str())) {
            return Err(claimed(target.as_str()));
        }
        if let Some(target) = origins.keys().find(|target| is_in(&format!("/{target}"), install_root)) {
            return Err(claimed(target));
        }
    }
    let own_root = targets.iter().find(|target| is_in(&format!("/{target}"), install_root));
    own_root.map_or(Ok(()), |target| {
        let reason = format!("lies in {install_root}, where the versions of the package lie: name another place");
        Err(SiteError::Target { target: format!("/{target}"), reason })
    })
}

fn is_in(path: &str, folder: &str) -> bool {
    path != folder && Path::new(path).starts_with(folder)
}

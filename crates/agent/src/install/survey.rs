//! What lies in an install root, compared with what is written down about it.

use std::collections::BTreeSet;
use std::io::{self, Read as _};
use std::os::unix::fs::PermissionsExt as _;

use packhorse_content::digest_of;
use packhorse_content::stage::{Fault, Folder, Walk, verify};
use packhorse_model::order::UnitOrder;
use packhorse_planner::host::{Arrangement, Condition, Installed, InstalledVersion};

use super::lay::{Ground, is_in_place};
use super::record::{Held, Record, RenderedFile};
use super::site::{Site, SiteError};
use crate::paths::Paths;

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// As the planner wants to know it.
    pub installed: Installed,
    /// As it is written down, corrected by what is there.
    pub record: Record,
}

/// Looks at an install root. Content is compared only where the order can use it: in the versions of the tree that it leads to.
///
/// # Errors
/// [`SiteError`]; what was altered by hand is no error.
pub fn survey(paths: &Paths, site: &Site, order: &UnitOrder) -> Result<Survey, SiteError> {
    let mut record = site.record()?;
    let arrangement = record.arrangement();
    let (current, versions) = (site.current(&record)?, site.versions(arrangement)?);
    let previous = record.previous.as_ref().map(|held| held.directory.clone());
    let was_current = record.current.as_ref().map(|held| held.directory.clone());
    let mut there = record.take_versions();
    there.retain(|held| versions.folder(&held.directory).is_ok());
    record.others = there;
    if let Some(current) = current {
        // If the link was not changed yet when its change was written down, what is written down as previous is current.
        let previous = if was_current.as_ref() == Some(&current) { previous } else { None };
        record.arrange(&current, previous.as_deref());
    }
    let look = |held: &Held| {
        let condition = match &order.to {
            Some(to) if to.is_same(&held.release) => condition(site, held)?,
            _ => Condition::Intact,
        };
        Ok::<_, SiteError>(InstalledVersion {
            version: held.release.version.clone(),
            tree: held.tree(),
            rendering: held.release.rendering,
            directory: held.directory.clone(),
            condition,
        })
    };
    let mut current = record.current.as_ref().map(look).transpose()?;
    if let (Some(current), Some(held)) = (&mut current, &record.current)
        && arrangement.lays_files()
        && current.condition == Condition::Intact
        && order.to.as_ref().is_some_and(|to| to.is_same(&held.release))
        && !is_in_place(&Ground::open(paths, site, arrangement)?, site, held)?
    {
        current.condition = Condition::Displaced;
    }
    let installed = Installed {
        current,
        previous: record.previous.as_ref().map(look).transpose()?,
        others: record.others.iter().map(look).collect::<Result<_, _>>()?,
        state: record.state,
    };
    Ok(Survey { installed, record })
}

fn condition(site: &Site, held: &Held) -> Result<Condition, SiteError> {
    Ok(if drift(site, held)? == Some(0) { Condition::Intact } else { Condition::Altered })
}

/// How many files of a version are not as its tree says, and as rendering left them where it rendered. What was added, such as logs, does
/// not count. None if the list of what the version consists of is gone.
///
/// # Errors
/// [`SiteError`].
pub fn drift(site: &Site, held: &Held) -> Result<Option<u64>, SiteError> {
    let Some(tree) = site.tree(&held.tree())? else { return Ok(None) };
    let mut altered = BTreeSet::new();
    let arrangement = Arrangement::of(&held.release);
    let wrong = |source| SiteError::Io { path: site.path_of(arrangement, &held.directory), source };
    let folder = site.versions(arrangement)?.folder(&held.directory).map_err(wrong)?;
    for difference in verify(&folder, &tree).map_err(wrong)? {
        let is_rendered = held.rendered.contains_key(&difference.path);
        match difference.fault {
            Fault::Extra => {}
            Fault::Content | Fault::Mode { .. } if is_rendered => {}
            _ => {
                altered.insert(difference.path);
            }
        }
    }
    for path in held.release.manifest.rendered() {
        let Some(entry) = tree.get(path) else { continue };
        let is_as_left = match held.rendered.get(path) {
            // It may have been removed by hand.
            Some(rendered) => altered.contains(path) || is_as_left(&folder, entry, *rendered).map_err(wrong)?,
            None => false,
        };
        if !is_as_left {
            altered.insert(path.to_owned());
        }
    }
    Ok(Some(altered.len() as u64))
}

fn is_as_left(folder: &Folder, entry: &packhorse_content::Entry, rendered: RenderedFile) -> io::Result<bool> {
    let mut bytes = Vec::new();
    let file = Walk::new(folder).parent(&entry.path)?.open_file(entry.path.name())?;
    let mode = file.metadata()?.permissions().mode() & 0o7777;
    file.take(crate::steps::LARGEST_MADE + 1).read_to_end(&mut bytes)?;
    Ok(mode == u32::from(rendered.mode) && digest_of(&bytes) == rendered.content)
}

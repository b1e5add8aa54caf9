//! What lies in an install root, compared with what is written down about it.

use std::collections::BTreeMap;
use std::io::{self, Read as _};

use packhorse_content::EntryKind;
use packhorse_content::stage::{Fault, Folder, Walk, verify};
use packhorse_model::order::{Release, UnitOrder};
use packhorse_planner::host::{Condition, Installed, InstalledVersion, render};

use super::record::{Held, Record};
use super::site::{Site, SiteError};

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
pub fn survey(site: &Site, order: &UnitOrder) -> Result<Survey, SiteError> {
    let mut record = site.record()?;
    let previous = record.previous.as_ref().map(|held| held.directory.clone());
    let was_current = record.current.as_ref().map(|held| held.directory.clone());
    let mut there = record.take_versions();
    there.retain(|held| site.root().folder(&held.directory).is_ok());
    record.others = there;
    if let Some(current) = site.current()? {
        // If the link was not changed yet when its change was written down, what is written down as previous is current.
        let previous = if was_current.as_ref() == Some(&current) { previous } else { None };
        record.arrange(&current, previous.as_deref());
    }
    let look = |held: &Held| {
        let condition = match &order.to {
            Some(to) if to.tree == held.tree() => condition(site, held, to, &order.variables)?,
            _ => Condition::Intact,
        };
        let (version, tree, directory) = (held.release.version.clone(), held.tree(), held.directory.clone());
        Ok::<_, SiteError>(InstalledVersion { version, tree, directory, condition })
    };
    let installed = Installed {
        current: record.current.as_ref().map(look).transpose()?,
        previous: record.previous.as_ref().map(look).transpose()?,
        others: record.others.iter().map(look).collect::<Result<_, _>>()?,
        state: record.state,
    };
    Ok(Survey { installed, record })
}

/// Whether a version has every file as its tree says, and as the variables give where it is rendered. What was added, such as logs,
/// does not count.
fn condition(
    site: &Site,
    held: &Held,
    release: &Release,
    variables: &BTreeMap<String, String>,
) -> Result<Condition, SiteError> {
    let Some(tree) = site.tree(&release.tree)? else { return Ok(Condition::Altered) };
    let wrong = |source| SiteError::Io { path: site.path().join(&held.directory), source };
    let folder = site.root().folder(&held.directory).map_err(wrong)?;
    for difference in verify(&folder, &tree).map_err(wrong)? {
        let is_rendered = release.manifest.render.contains(&difference.path);
        match difference.fault {
            Fault::Extra => {}
            Fault::Content if is_rendered => {}
            _ => return Ok(Condition::Altered),
        }
    }
    for path in &release.manifest.render {
        let Some(entry) = tree.get(path) else { continue };
        let EntryKind::File { digest, .. } = entry.kind else { continue };
        let actual = content(&folder, entry).map_err(wrong)?;
        let original = match site.original(&digest)? {
            Some(original) => original,
            None if packhorse_content::digest_of(&actual) == digest => actual.clone(),
            None => return Ok(Condition::Altered),
        };
        if !render(&original, variables).is_ok_and(|expected| expected == actual) {
            return Ok(Condition::Altered);
        }
    }
    Ok(Condition::Intact)
}

fn content(folder: &Folder, entry: &packhorse_content::Entry) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = Walk::new(folder).parent(&entry.path)?.open_file(entry.path.name())?;
    file.take(crate::steps::LARGEST_RENDERED + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

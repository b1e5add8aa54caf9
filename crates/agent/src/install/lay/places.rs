//! Which paths a version brings, and what it wants there.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_content::{EntryKind, EntryPath};
use packhorse_model::manifest::ConfigFile;
use packhorse_model::order::Release;
use packhorse_planner::host::{Arrangement, render_text};

use super::wish::{Mode, Wish};
use crate::install::{Held, Site, SiteError};

/// What a version wants at which path of its ground.
pub type Places = BTreeMap<EntryPath, Wish>;

impl Site {
    /// The places of a version that lies here; none if the list of what it consists of is lost.
    ///
    /// # Errors
    /// [`SiteError`].
    pub fn places(&self, held: &Held) -> Result<Option<Places>, SiteError> {
        match Arrangement::of(&held.release) {
            Arrangement::Symlink | Arrangement::Versioned => Ok(Some(Places::new())),
            Arrangement::Overwrite => self.spread(held),
            Arrangement::Config => self.aimed(held).map(Some),
        }
    }

    /// Every entry of the version, at its own path.
    fn spread(&self, held: &Held) -> Result<Option<Places>, SiteError> {
        let Some(tree) = self.tree(&held.tree())? else { return Ok(None) };
        let owner = held.release.manifest.owner.clone();
        let places = tree.iter().map(|entry| {
            let path = entry.path.as_str();
            let wish = match &entry.kind {
                EntryKind::Directory => Wish::Folder { mode: entry.mode, owner: owner.clone() },
                EntryKind::Symlink { target } => Wish::Link { target: target.to_string() },
                EntryKind::File { digest, .. } => {
                    let rendered = held.rendered.get(path);
                    Wish::File {
                        content: rendered.map_or(*digest, |rendered| rendered.content),
                        mode: Mode::Exactly(rendered.map_or(entry.mode, |rendered| rendered.mode)),
                        owner: owner.clone(),
                        from: path.to_owned(),
                    }
                }
            };
            (entry.path.clone(), wish)
        });
        Ok(Some(places.collect()))
    }

    /// The files of a config package, at their targets.
    fn aimed(&self, held: &Held) -> Result<Places, SiteError> {
        let mut places = Places::new();
        for (target, file) in targets(&held.release, &held.variables)? {
            let missing = || SiteError::InTheWay {
                path: self.path_of(Arrangement::Config, &held.directory).join(&file.file),
                reason: "was not rendered: deploy the version again".to_owned(),
            };
            let rendered = held.rendered.get(&file.file).ok_or_else(missing)?;
            let wish = Wish::File {
                content: rendered.content,
                mode: file.permissions().map_or(Mode::NoWider(rendered.mode), Mode::Exactly),
                owner: file.owner.clone().or_else(|| held.release.manifest.owner.clone()),
                from: file.file.clone(),
            };
            places.insert(target, wish);
        }
        Ok(places)
    }
}

/// Where the files of a config package go on this host, relative to its root.
///
/// # Errors
/// [`SiteError::Target`].
pub fn targets<'r>(
    release: &'r Release,
    variables: &BTreeMap<String, String>,
) -> Result<Vec<(EntryPath, &'r ConfigFile)>, SiteError> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for file in &release.manifest.config {
        let wrong = |reason: String| SiteError::Target { target: file.target.clone(), reason };
        let target = render_text(&file.target, variables).map_err(|error| wrong(error.to_string()))?;
        let below = target.strip_prefix('/').ok_or_else(|| wrong(format!("{target:?} is not absolute")))?;
        let path = EntryPath::new(below).map_err(|error| wrong(error.to_string()))?;
        if !seen.insert(path.clone()) {
            return Err(wrong(format!("two files go to /{path}")));
        }
        found.push((path, file));
    }
    Ok(found)
}

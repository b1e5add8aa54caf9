//! What an attempt changes, and what is remembered of earlier changes.

use std::collections::BTreeMap;
use std::io;

use packhorse_model::Digest;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::Release;
use serde::{Deserialize, Serialize};

use super::state::State;
use crate::files;
use crate::install::{Site, SiteError};

const LAID: &str = "laid.json";
/// Folder of changes.
const CHANGES: &str = "changes";

/// What is remembered of a package that lays files. Paths are relative to its ground.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Laid {
    /// The change that led here; changes of other attempts were not finished.
    pub by: Option<AttemptId>,
    /// The way back to the version before.
    pub former: Option<Former>,
    /// Where the current version was brought back with other bytes than its own: those that were there before it was left.
    #[serde(default)]
    pub restored: BTreeMap<String, State>,
    /// Of a config package: what was at each place before the package came. That comes back when the package leaves the place.
    #[serde(default)]
    pub origins: BTreeMap<String, State>,
}

/// A way back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Former {
    /// The content of the version to which it leads.
    pub tree: Digest,
    /// The rendering of that version.
    pub rendering: Option<Digest>,
    /// What was there before, where the change away from that version changed anything.
    pub states: BTreeMap<String, State>,
}

impl Former {
    /// Whether it leads to this version.
    #[must_use]
    pub fn leads_to(&self, release: &Release) -> bool {
        release.is(self.tree, self.rendering)
    }
}

/// What an attempt changes, complete: writing it again and again leads to the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Every path that becomes another.
    pub moves: BTreeMap<String, Move>,
    /// What was remembered before.
    pub before: Laid,
    /// What is remembered afterwards.
    pub after: Laid,
    /// Files that were changed on the host since they were laid, and stay though no version brings them any more.
    pub stay: Vec<String>,
}

/// What becomes of one path.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// What was there.
    pub before: State,
    /// What shall be there.
    pub after: State,
    /// Where the bytes of the latter come from.
    pub source: Source,
}

/// Where the bytes of a file come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The file with this path in the directory of the new version.
    Version(String),
    /// What was kept.
    Former,
}

impl Site {
    /// What is remembered of earlier changes.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn laid(&self) -> Result<Laid, SiteError> {
        Ok(files::read_json(&self.own_path(LAID)).map_err(self.wrong(LAID))?.unwrap_or_default())
    }

    /// Remembers.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn save_laid(&self, laid: &Laid) -> Result<(), SiteError> {
        files::replace_json(&self.own_path(LAID), laid).map_err(self.wrong(LAID))
    }

    /// The change of an attempt, if it was written down.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn change(&self, attempt: AttemptId) -> Result<Option<Change>, SiteError> {
        let name = change_name(attempt);
        files::read_json(&self.own_path(&name)).map_err(self.wrong(&name))
    }

    /// Writes down what an attempt changes, before it changes anything.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn save_change(&self, attempt: AttemptId, change: &Change) -> Result<(), SiteError> {
        self.own(CHANGES)?;
        let name = change_name(attempt);
        files::replace_json(&self.own_path(&name), change).map_err(self.wrong(&name))
    }

    /// Forgets the changes of all attempts but this one.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn forget_changes(&self, but: Option<AttemptId>) -> Result<(), SiteError> {
        let but = but.map(|attempt| format!("{attempt}.json"));
        self.empty(CHANGES, |name| Some(name) == but.as_deref())
    }

    /// What was there before changes that were neither finished nor undone, but for that of the attempt `own`.
    ///
    /// # Errors
    /// [`SiteError::Io`].
    pub fn unfinished(&self, laid: &Laid, own: Option<AttemptId>) -> Result<BTreeMap<String, State>, SiteError> {
        let mut before = BTreeMap::new();
        // Of several the oldest knows what was there before all of them.
        for (attempt, change) in self.other_changes(own)?.into_iter().rev() {
            if Some(attempt) != laid.by {
                before.extend(change.moves.into_iter().map(|(path, moved)| (path, moved.before)));
            }
        }
        Ok(before)
    }

    /// The changes that are written down, but for that of the attempt `own`; the oldest first.
    pub(super) fn other_changes(&self, own: Option<AttemptId>) -> Result<BTreeMap<AttemptId, Change>, SiteError> {
        let folder = self.own(CHANGES)?;
        let names = folder.names().and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut changes = BTreeMap::new();
        for name in names.map_err(self.wrong(CHANGES))? {
            let attempt = std::str::from_utf8(&name).ok().and_then(|name| name.strip_suffix(".json")?.parse().ok());
            let Some(attempt) = attempt.filter(|attempt| Some(*attempt) != own) else { continue };
            changes.extend(self.change(attempt)?.map(|change| (attempt, change)));
        }
        Ok(changes)
    }
}

fn change_name(attempt: AttemptId) -> String {
    format!("{CHANGES}/{attempt}.json")
}

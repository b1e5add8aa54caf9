//! The part of a draft that a change can touch, in memory: what was there, what is there now, and what was there in the version that
//! the draft began with. Pure; what is not loaded is taken for absent.

use std::collections::{BTreeMap, HashMap};

use packhorse_content::archive::{Fault, Refused};
use packhorse_content::{EntryPath, LinkTarget, tree};
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_store::drafts::changes::PathChange;
use packhorse_store::drafts::entries::{EntryRow, EntryState};

use super::refusal::Refusal;

/// The mode of directories that a change implies without naming them.
const DIRECTORY_MODE: u16 = 0o755;

#[derive(Debug, Clone, Default)]
struct Slot {
    before: Option<EntryState>,
    now: Option<EntryState>,
    base: Option<EntryState>,
}

/// A part of a draft.
#[derive(Debug, Clone, Default)]
pub(crate) struct Slice {
    slots: BTreeMap<String, Slot>,
    /// The path that is taken under each folded form.
    by_folded: HashMap<String, String>,
}

/// What a directory looks like that nobody has described.
pub(crate) fn directory() -> EntryState {
    EntryState {
        kind: TreeEntryKind::Directory,
        mode: DIRECTORY_MODE,
        size: 0,
        digest: None,
        target: None,
        origin: None,
    }
}

/// What an entry of a tree looks like.
pub(crate) fn state_of(entry: &tree::Entry) -> EntryState {
    let (kind, size, digest, target) = match &entry.kind {
        tree::EntryKind::Directory => (TreeEntryKind::Directory, 0, None, None),
        tree::EntryKind::File { size, digest } => (TreeEntryKind::File, *size, Some(*digest), None),
        tree::EntryKind::Symlink { target } => (TreeEntryKind::Symlink, 0, None, Some(target.as_str().to_owned())),
    };
    EntryState { kind, mode: entry.mode, size, digest, target, origin: None }
}

/// The entry of a tree that has this state; an error says what no tree can hold.
pub(crate) fn entry_of(path: &str, state: &EntryState) -> Result<tree::Entry, Refused> {
    let path = EntryPath::new(path).map_err(Fault::from)?;
    let kind = match (state.kind, state.digest, &state.target) {
        (TreeEntryKind::Directory, ..) => tree::EntryKind::Directory,
        (TreeEntryKind::File, Some(digest), _) => tree::EntryKind::File { size: state.size, digest },
        (TreeEntryKind::Symlink, _, Some(target)) => {
            tree::EntryKind::Symlink { target: LinkTarget::new(target).map_err(Fault::from)? }
        }
        _ => {
            let why = "it has neither content nor target".to_owned();
            return Err(Refused::entry(path.as_str(), Fault::Corrupt { why }));
        }
    };
    Ok(tree::Entry { path, mode: state.mode, kind })
}

/// Whether two states are one to whoever looks at the draft.
pub(crate) fn is_same(one: Option<&EntryState>, other: Option<&EntryState>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            (one.kind, one.mode, one.digest, &one.target) == (other.kind, other.mode, other.digest, &other.target)
        }
        _ => false,
    }
}

impl Slice {
    /// A part made of these rows; one may come twice.
    pub(crate) fn new(rows: impl IntoIterator<Item = EntryRow>) -> Self {
        let mut slice = Self::default();
        for row in rows {
            if row.now.is_some()
                && let Ok(path) = EntryPath::new(&row.path)
            {
                slice.by_folded.insert(path.folded(), row.path.clone());
            }
            slice.slots.insert(row.path, Slot { before: row.now.clone(), now: row.now, base: row.base });
        }
        slice
    }

    /// What is at a path.
    pub(crate) fn get(&self, path: &str) -> Option<&EntryState> {
        self.slots.get(path)?.now.as_ref()
    }

    /// The paths below a directory, or of all if it is the top, that hold something now or did when the draft began.
    pub(crate) fn below(&self, directory: &str) -> Vec<String> {
        if directory.is_empty() {
            return self.slots.keys().cloned().collect();
        }
        // `0` follows `/`.
        self.slots.range(format!("{directory}/")..format!("{directory}0")).map(|(path, _)| path.clone()).collect()
    }

    /// A path, if something is there, and everything below it.
    pub(crate) fn subtree(&self, path: &str) -> Vec<(String, EntryState)> {
        let here = (!path.is_empty()).then(|| path.to_owned());
        let paths = here.into_iter().chain(self.below(path));
        paths.filter_map(|path| self.get(&path).cloned().map(|state| (path, state))).collect()
    }

    /// What a path was in the version that the draft began with.
    pub(crate) fn base(&self, path: &str) -> Option<&EntryState> {
        self.slots.get(path)?.base.as_ref()
    }

    /// Removes one entry.
    pub(crate) fn remove(&mut self, path: &str) {
        let Some(slot) = self.slots.get_mut(path) else { return };
        if slot.now.take().is_some()
            && let Ok(path) = EntryPath::new(path)
        {
            self.by_folded.remove(&path.folded());
        }
    }

    /// Puts something at a path, in place of what is there, and makes the directories above it.
    ///
    /// # Errors
    /// If the path differs from another one only in case, or lies below something that is no directory.
    pub(crate) fn put(&mut self, path: &EntryPath, state: EntryState) -> Result<(), Refusal> {
        for ancestor in path.ancestors() {
            match self.get(ancestor.as_str()).map(|state| state.kind) {
                Some(TreeEntryKind::Directory) => {}
                Some(_) => return Err(Refusal::NotADirectory(ancestor.as_str().to_owned())),
                None => self.set(&ancestor, directory())?,
            }
        }
        self.set(path, state)
    }

    fn set(&mut self, path: &EntryPath, state: EntryState) -> Result<(), Refusal> {
        let folded = path.folded();
        match self.by_folded.get(&folded) {
            Some(other) if other != path.as_str() => {
                return Err(Refused::entry(path.as_str(), Fault::Collision { other: other.clone() }).into());
            }
            _ => {}
        }
        self.by_folded.insert(folded, path.as_str().to_owned());
        self.slots.entry(path.as_str().to_owned()).or_default().now = Some(state);
        Ok(())
    }

    /// What has become of each path that is another than when the part was loaded.
    pub(crate) fn changes(&self) -> Vec<PathChange> {
        let changed = self.slots.iter().filter(|(_, slot)| slot.before != slot.now);
        changed
            .map(|(path, slot)| PathChange { path: path.clone(), before: slot.before.clone(), after: slot.now.clone() })
            .collect()
    }
}

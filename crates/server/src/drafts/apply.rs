//! Doing steps to a part of a draft, and undoing what was done. Pure.

use packhorse_content::EntryPath;
use packhorse_content::segment::FileRef;
use packhorse_content::tree::Tree;
use packhorse_model::api::drafts::{Existing, Expectation};
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_store::drafts::changes::PathChange;
use packhorse_store::drafts::entries::EntryState;

use super::refusal::Refusal;
use super::slice::{Slice, directory, is_same, state_of};
use super::steps::{Step, joined};

/// The mode of a new file.
const FILE_MODE: u16 = 0o644;

/// Does a step. After an error, the part is of no use any more.
///
/// # Errors
/// If something else is there than the step expects, or the step would make what no package may hold.
pub(crate) fn apply(slice: &mut Slice, step: &Step) -> Result<(), Refusal> {
    match step {
        Step::MakeDirectory(path) => make_directory(slice, path),
        Step::Clear(path) => clear(slice, path.as_ref()),
        Step::Write { path, file, mode, expect } => write(slice, path, *file, *mode, *expect),
        Step::Move { from, to, expect } => carry(slice, from, to, *expect, Carry::Move),
        Step::Copy { from, to, expect } => carry(slice, from, to, *expect, Carry::Copy),
        Step::SetMode { path, mode, expect } => set_mode(slice, path, *mode, *expect),
        Step::Delete { path, expect } => {
            check(slice, path, *expect)?;
            remove_all(slice, path.as_str());
            Ok(())
        }
        Step::Revert(path) => revert(slice, path.as_ref()),
        Step::Unpack { into, tree, existing } => unpack(slice, into.as_ref(), tree, *existing),
    }
}

fn check(slice: &Slice, path: &EntryPath, expect: Expectation) -> Result<(), Refusal> {
    let is_met = match (expect, slice.get(path.as_str())) {
        (Expectation::Any, _) | (Expectation::Absent, None) | (Expectation::Present, Some(_)) => true,
        (Expectation::Content(digest), Some(state)) => state.digest == Some(digest),
        _ => false,
    };
    if is_met { Ok(()) } else { Err(conflict(path)) }
}

fn conflict(path: &EntryPath) -> Refusal {
    Refusal::Conflict(vec![path.as_str().to_owned()])
}

fn make_directory(slice: &mut Slice, path: &EntryPath) -> Result<(), Refusal> {
    match slice.get(path.as_str()).map(|state| state.kind) {
        Some(TreeEntryKind::Directory) => Ok(()),
        Some(_) => Err(Refusal::NotADirectory(path.as_str().to_owned())),
        None => slice.put(path, directory()),
    }
}

fn clear(slice: &mut Slice, path: Option<&EntryPath>) -> Result<(), Refusal> {
    if let Some(path) = path {
        check(slice, path, Expectation::Present)?;
        make_directory(slice, path)?;
    }
    for path in slice.below(path.map_or("", EntryPath::as_str)) {
        slice.remove(&path);
    }
    Ok(())
}

fn write(
    slice: &mut Slice,
    path: &EntryPath,
    file: FileRef,
    mode: Option<u16>,
    expect: Expectation,
) -> Result<(), Refusal> {
    check(slice, path, expect)?;
    let there = slice.get(path.as_str());
    if there.is_some_and(|state| state.kind != TreeEntryKind::File) {
        return Err(Refusal::NotAFile(path.as_str().to_owned()));
    }
    let mode = mode.or(there.map(|state| state.mode)).unwrap_or(FILE_MODE);
    let origin = there.and_then(|state| state.origin.clone());
    let (size, digest) = (file.size, Some(file.digest));
    slice.put(path, EntryState { kind: TreeEntryKind::File, mode, size, digest, target: None, origin })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Carry {
    Move,
    Copy,
}

fn carry(
    slice: &mut Slice,
    from: &EntryPath,
    to: &EntryPath,
    expect: Expectation,
    carry: Carry,
) -> Result<(), Refusal> {
    check(slice, from, expect)?;
    // `any` tells of what may be there; but nothing cannot go anywhere.
    check(slice, from, Expectation::Present)?;
    if from == to {
        return if carry == Carry::Move { Ok(()) } else { Err(conflict(to)) };
    }
    if to.strip(from.as_str()).is_some() {
        return Err(Refusal::IntoItself(from.as_str().to_owned()));
    }
    check(slice, to, Expectation::Absent)?;
    let carried = slice.subtree(from.as_str());
    let mut placed = Vec::with_capacity(carried.len());
    for (path, mut state) in carried {
        let target = match path.strip_prefix(from.as_str()).filter(|rest| !rest.is_empty()) {
            None => to.clone(),
            Some(rest) => EntryPath::new(&format!("{to}{rest}"))?,
        };
        let origin = state.origin.take().or_else(|| slice.base(&path).map(|_| path.clone()));
        state.origin = origin.filter(|origin| origin != target.as_str());
        placed.push((target, state));
    }
    if carry == Carry::Move {
        remove_all(slice, from.as_str());
    }
    placed.into_iter().try_for_each(|(path, state)| slice.put(&path, state))
}

fn set_mode(slice: &mut Slice, path: &EntryPath, mode: u16, expect: Expectation) -> Result<(), Refusal> {
    check(slice, path, expect)?;
    match slice.get(path.as_str()).cloned() {
        None => Err(conflict(path)),
        Some(state) if state.kind == TreeEntryKind::Symlink => Err(Refusal::ModeOfLink(path.as_str().to_owned())),
        Some(state) => slice.put(path, EntryState { mode, ..state }),
    }
}

fn remove_all(slice: &mut Slice, path: &str) {
    for (path, _) in slice.subtree(path) {
        slice.remove(&path);
    }
}

fn revert(slice: &mut Slice, path: Option<&EntryPath>) -> Result<(), Refusal> {
    let top = path.map_or("", EntryPath::as_str);
    let paths: Vec<String> = path.iter().map(|path| path.as_str().to_owned()).chain(slice.below(top)).collect();
    remove_all(slice, top);
    for path in paths {
        if let Some(state) = slice.base(&path).cloned() {
            slice.put(&EntryPath::new(&path)?, state)?;
        }
    }
    Ok(())
}

fn unpack(slice: &mut Slice, into: Option<&EntryPath>, tree: &Tree, existing: Existing) -> Result<(), Refusal> {
    if let Some(into) = into {
        make_directory(slice, into)?;
    }
    let mut conflicts = Vec::new();
    for entry in tree {
        let path = joined(into, &entry.path)?;
        let state = state_of(entry);
        match slice.get(path.as_str()) {
            Some(there) if there.kind == TreeEntryKind::Directory && state.kind == TreeEntryKind::Directory => continue,
            Some(there) if there.kind == TreeEntryKind::Directory => {
                return Err(Refusal::NotAFile(path.as_str().to_owned()));
            }
            Some(_) if state.kind == TreeEntryKind::Directory => {
                return Err(Refusal::NotADirectory(path.as_str().to_owned()));
            }
            Some(there) if existing == Existing::Refuse && !is_same(Some(there), Some(&state)) => {
                conflicts.push(path.as_str().to_owned());
                continue;
            }
            _ => {}
        }
        slice.put(&path, state)?;
    }
    if conflicts.is_empty() { Ok(()) } else { Err(Refusal::Conflict(conflicts)) }
}

/// What takes changes back.
pub(crate) fn inverse(changes: &[PathChange]) -> Vec<PathChange> {
    let turned = changes.iter().map(|change| PathChange {
        path: change.path.clone(),
        before: change.after.clone(),
        after: change.before.clone(),
    });
    turned.collect()
}

/// Makes changes once more, or takes them back, if nothing else has happened to their paths.
///
/// # Errors
/// If something has, or something lies now in a directory that would go.
pub(crate) fn replay(slice: &mut Slice, changes: &[PathChange]) -> Result<(), Refusal> {
    let moved_on = changes.iter().filter(|change| !is_same(slice.get(&change.path), change.before.as_ref()));
    let conflicts: Vec<String> = moved_on.map(|change| change.path.clone()).collect();
    if !conflicts.is_empty() {
        return Err(Refusal::Conflict(conflicts));
    }
    for change in changes {
        slice.remove(&change.path);
    }
    for change in changes {
        let is_directory = change.after.as_ref().is_some_and(|state| state.kind == TreeEntryKind::Directory);
        let was_directory = change.before.as_ref().is_some_and(|state| state.kind == TreeEntryKind::Directory);
        let left = slice.subtree(&change.path);
        if was_directory && !is_directory && !left.is_empty() {
            return Err(Refusal::Conflict(left.into_iter().map(|(path, _)| path).collect()));
        }
    }
    for change in changes {
        if let Some(state) = &change.after {
            slice.put(&EntryPath::new(&change.path)?, state.clone())?;
        }
    }
    Ok(())
}

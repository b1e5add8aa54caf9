//! Changing a draft in one short transaction: load what the change can touch, decide, write, record.

use std::collections::BTreeSet;

use jiff::Timestamp;
use packhorse_content::EntryPath;
use packhorse_content::archive::{Fault, Refused};
use packhorse_content::tree::MAX_ENTRIES;
use packhorse_model::UserName;
use packhorse_model::api::drafts::{Accepted, ChangeKind, Draft, DraftState, UpdateDraft};
use packhorse_model::ids::DraftId;
use packhorse_store::drafts::changes::{self, NewChange, PathChange};
use packhorse_store::drafts::entries::{self, EntryRow, NewEntry, Part, Shown};
use packhorse_store::{Conn, StoreError, drafts};

use super::apply::apply;
use super::conflict::{self, DraftError};
use super::refusal::Refusal;
use super::slice::Slice;
use super::steps::{Need, Step};
use crate::error::ApiError;

/// Changes that can be undone; older ones are forgotten.
const HISTORY: u64 = 1000;
/// Paths that the answer to a change names.
const MOST_ANSWERED: usize = 1000;
/// Rows that are read at once.
const ROWS: u32 = 5000;

/// Who changes what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit<'a> {
    /// Who.
    pub(crate) by: &'a UserName,
    /// When.
    pub(crate) at: Timestamp,
    /// What kind of change.
    pub(crate) kind: ChangeKind,
    /// What is done, in a few words.
    pub(crate) title: &'a str,
    /// The revision that they have seen, if what they touch must not have changed since.
    pub(crate) seen: Option<u64>,
}

/// A draft, whatever its state.
pub(crate) async fn find(conn: &mut Conn, id: DraftId) -> Result<Draft, ApiError> {
    drafts::get(conn, id).await?.ok_or_else(|| not_found(id))
}

fn not_found(id: DraftId) -> ApiError {
    ApiError::not_found("draft", id).hint("`packhorse draft list` shows those that there are")
}

/// An open draft, which nobody else changes until the transaction ends.
pub(crate) async fn lock(conn: &mut Conn, id: DraftId) -> Result<Draft, ApiError> {
    open(drafts::lock(conn, id).await?.ok_or_else(|| not_found(id))?)
}

/// An open draft.
pub(crate) async fn find_open(conn: &mut Conn, id: DraftId) -> Result<Draft, ApiError> {
    open(find(conn, id).await?)
}

fn open(draft: Draft) -> Result<Draft, ApiError> {
    match draft.state {
        DraftState::Open => Ok(draft),
        DraftState::Published => {
            Err(ApiError::conflict("draft_closed", format!("draft {} was published by {}", draft.id, draft.updated_by))
                .hint("begin a new draft from that version"))
        }
    }
}

/// Fills a new draft.
pub(crate) async fn begin(conn: &mut Conn, draft: &Draft, base: &[NewEntry]) -> Result<(), StoreError> {
    drafts::insert(conn, draft).await?;
    entries::insert_base(conn, draft.id, base).await
}

/// Does steps to a draft, all or none.
pub(crate) async fn edit(
    conn: &mut Conn,
    draft: Draft,
    steps: &[Step],
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    let needs: BTreeSet<Need> = steps.iter().flat_map(Step::needs).collect();
    let mut slice = load(conn, draft.id, &needs).await?;
    for step in steps {
        if let Err(refusal) = apply(&mut slice, step) {
            return Err(conflict::explain(conn, draft.id, refusal).await?);
        }
    }
    write(conn, draft, slice.changes(), edit).await
}

/// Loads the part of a draft that is needed.
pub(super) async fn load(conn: &mut Conn, draft: DraftId, needs: &BTreeSet<Need>) -> Result<Slice, StoreError> {
    let (mut paths, mut folded) = (BTreeSet::new(), BTreeSet::new());
    let mut rows: Vec<EntryRow> = Vec::new();
    for need in needs {
        match need {
            Need::Path(path) => {
                for path in path.ancestors().chain([path.clone()]) {
                    folded.insert(path.folded());
                    paths.insert(path.as_str().to_owned());
                }
            }
            Need::Below(directory) => {
                let part = Part::Below(directory.as_ref().map_or("", EntryPath::as_str));
                rows.extend(all(conn, draft, part, Shown::All).await?);
            }
        }
    }
    let (paths, folded): (Vec<String>, Vec<String>) = (paths.into_iter().collect(), folded.into_iter().collect());
    rows.extend(entries::folded(conn, draft, &folded).await?);
    rows.extend(entries::at(conn, draft, &paths).await?);
    Ok(Slice::new(rows))
}

/// All rows of a part, read page by page.
pub(super) async fn all(
    conn: &mut Conn,
    draft: DraftId,
    part: Part<'_>,
    shown: Shown,
) -> Result<Vec<EntryRow>, StoreError> {
    let mut rows: Vec<EntryRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| row.path.clone());
        let page = entries::page(conn, draft, part, shown, after.as_deref(), ROWS).await?;
        let is_last = page.len() < ROWS as usize;
        rows.extend(page);
        if is_last {
            return Ok(rows);
        }
    }
}

/// Writes changes, unless somebody has changed the same paths since the revision that was seen.
pub(super) async fn write(
    conn: &mut Conn,
    mut draft: Draft,
    paths: Vec<PathChange>,
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    if paths.is_empty() {
        return Ok(Accepted { draft, changed: Vec::new(), count: 0 });
    }
    if let Some(seen) = edit.seen.filter(|seen| *seen < draft.revision) {
        let names: Vec<String> = paths.iter().map(|change| change.path.clone()).collect();
        let touched = changes::touched(conn, draft.id, &names, seen).await?;
        if !touched.is_empty() {
            let refusal = Refusal::Conflict(touched.into_iter().map(|touch| touch.path).collect());
            return Err(conflict::explain(conn, draft.id, refusal).await?);
        }
    }
    for change in &paths {
        draft.entries =
            draft.entries.saturating_sub(change.before.iter().count() as u64) + change.after.iter().count() as u64;
        let size = |state: &Option<entries::EntryState>| state.as_ref().map_or(0, |state| state.size);
        draft.size = draft.size.saturating_sub(size(&change.before)).saturating_add(size(&change.after));
    }
    check_limits(&draft)?;
    draft.revision += 1;
    record(conn, &mut draft, &paths, edit).await?;
    let mut rows = Vec::with_capacity(paths.len());
    for change in &paths {
        let folded = EntryPath::new(&change.path).map_err(|error| Refusal::from(error).into_api())?.folded();
        rows.push(NewEntry { path: change.path.clone(), folded, now: change.after.clone() });
    }
    entries::write(conn, draft.id, draft.revision, &rows).await?;
    let (count, changed) = (paths.len() as u64, paths.iter().take(MOST_ANSWERED).map(PathChange::shown).collect());
    Ok(Accepted { draft, changed, count })
}

fn check_limits(draft: &Draft) -> Result<(), ApiError> {
    let limits = packhorse_content::archive::Limits::default();
    let what = if draft.entries > MAX_ENTRIES as u64 {
        format!("the draft would have more than {MAX_ENTRIES} entries")
    } else if draft.size > limits.bytes {
        format!("the files of the draft would have more than {} bytes", limits.bytes)
    } else {
        return Ok(());
    };
    Err(Refusal::from(Refused::from(Fault::Limit { what })).into_api())
}

async fn record(conn: &mut Conn, draft: &mut Draft, paths: &[PathChange], edit: &Edit<'_>) -> Result<(), StoreError> {
    draft.updated_by = edit.by.clone();
    draft.updated_at = edit.at;
    let change = NewChange { revision: draft.revision, kind: edit.kind, title: edit.title, by: edit.by, at: edit.at };
    changes::insert(conn, draft.id, &change, paths).await?;
    if let Some(old) = draft.revision.checked_sub(HISTORY) {
        changes::forget(conn, draft.id, old).await?;
    }
    drafts::update(conn, draft).await
}

/// Changes version, build and description.
pub(crate) async fn settings(
    conn: &mut Conn,
    mut draft: Draft,
    update: &UpdateDraft,
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    let last = changes::last(conn, draft.id, ChangeKind::Settings).await?;
    if let Some(last) = last.filter(|last| last.revision > update.seen) {
        return Err(conflict::of_settings(last.by, last.at, last.revision));
    }
    let (version, build, description) = (update.version.clone(), update.build.clone(), update.description.clone());
    if (&draft.version, &draft.build, &draft.description) != (&version, &build, &description) {
        (draft.version, draft.build, draft.description) = (version, build, description);
        draft.revision += 1;
        record(conn, &mut draft, &[], edit).await?;
    }
    Ok(Accepted { draft, changed: Vec::new(), count: 0 })
}

//! Taking edits back, and doing them again. Both are changes themselves, so that the history only ever grows.

use std::collections::BTreeSet;

use packhorse_content::EntryPath;
use packhorse_model::api::drafts::{Accepted, Change, ChangeKind, Draft};
use packhorse_model::api::packages::TreeEntryKind;
use packhorse_store::Conn;
use packhorse_store::drafts::changes::{self, PathChange};

use super::apply::{inverse, replay};
use super::commit::{Edit, load, write};
use super::conflict::{self, DraftError};
use super::refusal::Refusal;
use super::steps::Need;
use crate::error::ApiError;

/// Takes an edit back: this one, or the caller's last one.
pub(crate) async fn undo(
    conn: &mut Conn,
    draft: Draft,
    revision: Option<u64>,
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    let id = draft.id;
    let found = match revision {
        Some(revision) => changes::get(conn, id, revision).await?,
        None => changes::last_edit(conn, id, edit.by).await?,
    };
    let Some(change) = found.filter(|change| change.kind == ChangeKind::Edit && change.undone_by.is_none()) else {
        return Err(nothing("nothing_to_undo", "there is no such edit that is not undone"));
    };
    let paths = changes::paths(conn, id, change.revision, None).await?;
    let title = format!("undo: {}", change.title);
    let accepted =
        repeat(conn, draft, inverse(&paths), &Edit { kind: ChangeKind::Undo, title: &title, ..*edit }).await?;
    changes::set_undone(conn, id, change.revision, Some(accepted.draft.revision)).await?;
    Ok(accepted)
}

/// Does an edit again that was undone: this one, or the one that the caller undid last, unless they have edited since.
pub(crate) async fn redo(
    conn: &mut Conn,
    draft: Draft,
    revision: Option<u64>,
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    let id = draft.id;
    let found = match revision {
        Some(revision) => changes::get(conn, id, revision).await?,
        None => {
            let latest = changes::last_edit(conn, id, edit.by).await?.map_or(0, |change| change.revision);
            let is_still_next = |change: &Change| change.undone_by.is_some_and(|undone| undone > latest);
            changes::last_undone(conn, id, edit.by).await?.filter(is_still_next)
        }
    };
    let Some(change) = found.filter(|change| change.kind == ChangeKind::Edit && change.undone_by.is_some()) else {
        return Err(nothing("nothing_to_redo", "there is no such edit that was undone"));
    };
    let paths = changes::paths(conn, id, change.revision, None).await?;
    let title = format!("redo: {}", change.title);
    let accepted = repeat(conn, draft, paths, &Edit { kind: ChangeKind::Redo, title: &title, ..*edit }).await?;
    changes::set_undone(conn, id, change.revision, None).await?;
    Ok(accepted)
}

fn nothing(code: &'static str, title: &str) -> DraftError {
    ApiError::conflict(code, title).hint("the draft's changes show what can be undone").into()
}

async fn repeat(
    conn: &mut Conn,
    draft: Draft,
    paths: Vec<PathChange>,
    edit: &Edit<'_>,
) -> Result<Accepted, DraftError> {
    let mut needs = BTreeSet::new();
    for change in &paths {
        let path = EntryPath::new(&change.path).map_err(|error| Refusal::from(error).into_api())?;
        let was_directory = change.before.as_ref().is_some_and(|state| state.kind == TreeEntryKind::Directory);
        let is_covered = path.ancestors().any(|ancestor| needs.contains(&Need::Below(Some(ancestor))));
        if was_directory && !is_covered {
            needs.insert(Need::Below(Some(path.clone())));
        }
        needs.insert(Need::Path(path));
    }
    let mut slice = load(conn, draft.id, &needs).await?;
    if let Err(refusal) = replay(&mut slice, &paths) {
        return Err(conflict::explain(conn, draft.id, refusal).await?);
    }
    write(conn, draft, slice.changes(), edit).await
}

//! `GET /api/v1/drafts/{id}/entries`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::drafts::{Difference, DraftEntry};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts::entries::{self, EntryRow, EntryState, Part, Shown};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// Which entries.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those in this directory; the top if not said.
    #[serde(default)]
    under: String,
    /// How deep.
    #[serde(default)]
    #[param(inline)]
    depth: Depth,
    /// Which of them.
    #[serde(default)]
    #[param(inline)]
    show: Show,
}

/// How deep a list of entries goes.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Depth {
    /// Everything below the directory.
    #[default]
    All,
    /// What lies in the directory itself.
    Children,
}

/// Which entries a list shows.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Show {
    /// Those that are there.
    #[default]
    Present,
    /// Those that differ from the version that the draft began with, removed ones included.
    Changed,
    /// Those that are there, and removed ones.
    All,
}

/// Lists what a draft holds, by path, and how each entry differs from the version that the draft began with.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/entries", operation_id = "list_draft_entries", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft."), Which, PageQuery),
    responses((status = 200, body = Page<DraftEntry>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DraftEntry>>, ApiError> {
    let after = page.after::<String>()?;
    let part = match which.depth {
        Depth::All => Part::Below(&which.under),
        Depth::Children => Part::In(&which.under),
    };
    let shown = match which.show {
        Show::Present => Shown::Present,
        Show::Changed => Shown::Changed,
        Show::All => Shown::All,
    };
    let mut reader = app.store.read().await?;
    find(&mut reader, id).await?;
    let rows = entries::page(&mut reader, id, part, shown, after.as_deref(), page.limit() + 1).await?;
    let total = entries::count(&mut reader, id, part, shown).await?;
    let rows: Vec<DraftEntry> = rows.into_iter().filter_map(entry).collect();
    Ok(Json(page.page(rows, total, |last| last.path.clone())))
}

fn entry(row: EntryRow) -> Option<DraftEntry> {
    let difference = difference(&row);
    let state = row.now.or(row.base)?;
    Some(DraftEntry {
        path: row.path,
        kind: state.kind,
        mode: format!("{:o}", state.mode),
        size: state.size,
        digest: state.digest,
        target: state.target,
        difference,
        from: state.origin,
        revision: row.revision,
    })
}

fn difference(row: &EntryRow) -> Difference {
    match (&row.now, &row.base) {
        (None, _) => Difference::Removed,
        (Some(EntryState { origin: Some(_), .. }), None) if !row.is_at_origin => Difference::Moved,
        (Some(_), None) => Difference::Added,
        (Some(now), Some(base)) if (now.kind, now.digest, &now.target) != (base.kind, base.digest, &base.target) => {
            Difference::Modified
        }
        (Some(now), Some(base)) if now.mode != base.mode => Difference::Mode,
        (Some(_), Some(_)) => Difference::Unchanged,
    }
}

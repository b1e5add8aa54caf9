//! `GET /api/v1/drafts/{id}/changes`

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::drafts::Change;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts::changes::{self, Order};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// Seconds that a request may wait at most.
const LONGEST_WAIT: u64 = 30;

/// Which changes.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those after this revision, the oldest first. If not said: all that are known, the newest first.
    after: Option<u64>,
    /// With `after`: seconds to wait if there is none yet; 30 at most.
    wait: Option<u64>,
}

/// Who changed what in a draft.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/changes", operation_id = "list_draft_changes", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft."), Which, PageQuery),
    responses((status = 200, body = Page<Change>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
    Query(which): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Change>>, ApiError> {
    let cursor = page.after::<u64>()?;
    let order = match which.after {
        Some(after) => Order::After(cursor.unwrap_or(after)),
        None => Order::Newest(cursor),
    };
    let mut bell = app.drafts.listen();
    let mut rows = read(&app, id, order, page.limit() + 1).await?;
    if let (Some(_), Some(wait)) = (which.after, which.wait) {
        let end = tokio::time::Instant::now() + Duration::from_secs(wait.min(LONGEST_WAIT));
        while rows.is_empty() {
            tokio::select! {
                () = app.stopping.cancelled() => break,
                () = tokio::time::sleep_until(end) => break,
                rung = bell.changed() => if rung.is_err() { break },
            }
            rows = read(&app, id, order, page.limit() + 1).await?;
        }
    }
    let total = changes::count(&mut *app.store.read().await?, id).await?;
    Ok(Json(page.page(rows, total, |last| last.revision.to_string())))
}

async fn read(app: &App, id: DraftId, order: Order, limit: u32) -> Result<Vec<Change>, ApiError> {
    let mut reader = app.store.read().await?;
    find(&mut reader, id).await?;
    Ok(changes::list(&mut reader, id, order, limit).await?)
}

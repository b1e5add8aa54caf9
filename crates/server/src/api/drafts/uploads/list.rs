//! `GET /api/v1/drafts/{id}/uploads`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::drafts::DraftUpload;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts::uploads;

use super::shown;
use crate::access::Caller;
use crate::app::App;
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// The uploads into a draft that are not finished: what can be gone on with.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/uploads", operation_id = "list_draft_uploads", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft."), PageQuery),
    responses((status = 200, body = Page<DraftUpload>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DraftUpload>>, ApiError> {
    let mut reader = app.store.read().await?;
    find(&mut reader, id).await?;
    let rows = uploads::list(&mut reader, id, page.after()?, page.limit() + 1).await?;
    let total = uploads::pending(&mut reader, id).await?.uploads;
    let rows: Vec<DraftUpload> = rows.into_iter().map(shown).collect();
    Ok(Json(page.page(rows, total, |last| last.id.to_string())))
}

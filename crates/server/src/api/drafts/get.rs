//! `GET /api/v1/drafts/{id}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::drafts::Draft;
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::drafts::find;
use crate::error::ApiError;
use crate::extract::Path;

/// A draft.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}", operation_id = "get_draft", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    responses((status = 200, body = Draft), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DraftId>,
) -> Result<Json<Draft>, ApiError> {
    Ok(Json(find(&mut *app.store.read().await?, id).await?))
}

//! `DELETE /api/v1/drafts/{id}/uploads/{upload}`

use axum::response::Response;
use packhorse_model::ids::{DraftId, UploadId};
use packhorse_model::problem::Problem;
use packhorse_store::drafts::uploads;

use super::find;
use crate::access::CallerRequest;
use crate::drafts::stored;
use crate::error::ApiError;
use crate::extract::Path;

/// Gives an upload up.
#[utoipa::path(
    delete, path = "/api/v1/drafts/{id}/uploads/{upload}", operation_id = "delete_draft_upload", tag = "drafts",
    params(
        ("id" = DraftId, Path, description = "The draft."),
        ("upload" = UploadId, Path, description = "The upload."),
    ),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path((id, upload)): Path<(DraftId, UploadId)>,
    request: CallerRequest,
) -> Result<Response, ApiError> {
    let app = request.app.clone();
    find(&mut *app.store.read().await?, id, upload).await?;
    let hold = app.drafts.spool.hold(upload).await;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    find(call.conn(), id, upload).await?;
    uploads::delete(call.conn(), upload).await?;
    let response = call.finish_empty().await?;
    app.drafts.spool.remove(&hold).await.map_err(stored)?;
    Ok(response)
}

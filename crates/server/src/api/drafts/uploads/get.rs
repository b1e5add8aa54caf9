//! `GET` and `HEAD /api/v1/drafts/{id}/uploads/{upload}`

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use packhorse_model::api::drafts::DraftUpload;
use packhorse_model::ids::{DraftId, UploadId};
use packhorse_model::problem::Problem;

use super::{UPLOAD_LENGTH, UPLOAD_OFFSET, find, shown};
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// An upload. The headers `Upload-Offset` and `Upload-Length` say where to go on; HEAD gives them alone.
#[utoipa::path(
    get, path = "/api/v1/drafts/{id}/uploads/{upload}", operation_id = "get_draft_upload", tag = "drafts",
    params(
        ("id" = DraftId, Path, description = "The draft."),
        ("upload" = UploadId, Path, description = "The upload."),
    ),
    responses((status = 200, body = DraftUpload), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((id, upload)): Path<(DraftId, UploadId)>,
) -> Result<Response, ApiError> {
    let row = find(&mut *app.store.read().await?, id, upload).await?;
    let headers = [(UPLOAD_OFFSET, row.received.to_string()), (UPLOAD_LENGTH, row.size.to_string())];
    Ok((headers, Json(shown(row))).into_response())
}

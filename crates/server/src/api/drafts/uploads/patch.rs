//! `PATCH /api/v1/drafts/{id}/uploads/{upload}`

use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderMap, StatusCode};
use packhorse_model::ids::{DraftId, UploadId};
use packhorse_model::problem::Problem;
use packhorse_store::drafts::uploads::{self, UploadRow};

use super::{UPLOAD_OFFSET, find};
use crate::access::Caller;
use crate::app::App;
use crate::drafts::{Ended, find_open, stored};
use crate::error::ApiError;
use crate::extract::Path;

/// Sends a piece of an upload: the bytes from `Upload-Offset` on. The answer's `Upload-Offset` says where the next one begins.
///
/// Whatever arrives before a connection breaks is kept. A request that goes on with an upload takes it over from one that hangs.
#[utoipa::path(
    patch, path = "/api/v1/drafts/{id}/uploads/{upload}", operation_id = "send_draft_upload", tag = "drafts",
    params(
        ("id" = DraftId, Path, description = "The draft."),
        ("upload" = UploadId, Path, description = "The upload."),
        ("Upload-Offset" = u64, Header, description = "Where the piece begins."),
    ),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"),
    responses(
        (status = 204, description = "It is safe; `Upload-Offset` says where to go on."),
        (status = 409, body = Problem, description = "The upload stands elsewhere; `Upload-Offset` says where to go on."),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((id, upload)): Path<(DraftId, UploadId)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let offset = headers.get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let offset: u64 = offset.ok_or_else(|| {
        ApiError::bad_request("upload_offset", "Upload-Offset must say where the piece begins")
            .hint("HEAD of the upload says where to go on")
    })?;
    // Before taking over: a request about nothing must not disturb one that is about something.
    find(&mut *app.store.read().await?, id, upload).await?;
    let hold = app.drafts.spool.hold(upload).await;
    let row = {
        let mut reader = app.store.read().await?;
        find_open(&mut reader, id).await?;
        find(&mut reader, id, upload).await?
    };
    if row.revision.is_some() {
        return Err(ApiError::conflict("upload_done", "the upload is finished"));
    }
    let received = app.drafts.spool.present(&hold, row.received).await.map_err(stored)?;
    if offset != received {
        set_received(&app, &row, received).await?;
        return Ok(elsewhere(received, offset));
    }
    let mut append = app.drafts.spool.append(&hold, received, row.size, body).await?;
    let (at, ended) = loop {
        let (safe, ended) = append.next().await?;
        set_received(&app, &row, safe).await?;
        if let Some(ended) = ended {
            break (safe, ended);
        }
    };
    match ended {
        Ended::Whole => Ok((StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, at.to_string())]).into_response()),
        Ended::CutOff => Err(ApiError::bad_request("body_cut_off", "the piece was cut off on its way")
            .hint("what arrived is kept: go on where HEAD of the upload says")),
        Ended::TooLong => Err(ApiError::invalid(
            "upload_too_long",
            format!("more came than the {} bytes that were announced", row.size),
        )
        .hint("delete the upload, and announce the right size")),
    }
}

async fn set_received(app: &App, row: &UploadRow, received: u64) -> Result<(), ApiError> {
    if received == row.received {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    uploads::set_received(&mut tx, row.id, received, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

fn elsewhere(received: u64, offset: u64) -> Response {
    let error = ApiError::conflict("upload_offset", format!("the upload stands at {received}, not at {offset}"))
        .hint("go on at the Upload-Offset of this answer");
    let mut response = error.into_response();
    response.headers_mut().insert(UPLOAD_OFFSET, received.into());
    response
}

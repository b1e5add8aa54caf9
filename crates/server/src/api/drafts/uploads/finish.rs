//! `POST /api/v1/drafts/{id}/uploads/{upload}/finish`

use axum::response::Response;
use http::StatusCode;
use packhorse_content::ingest::Stored;
use packhorse_model::api::drafts::{Accepted, ChangeKind, ConflictProblem, FinishUpload, UploadPlace};
use packhorse_model::ids::{DraftId, UploadId};
use packhorse_model::problem::Problem;
use packhorse_store::collection;
use packhorse_store::drafts::uploads::{self, UploadRow};

use super::{check_place, find, format_of};
use crate::access::CallerRequest;
use crate::app::App;
use crate::drafts::{self, DraftError, Edit, Hold, Refusal, Step, find_open, stored};
use crate::error::ApiError;
use crate::extract::Path;
use crate::intake::write_content;

/// Puts an upload whose bytes are all there into its draft. If it is refused, the bytes stay, and it can be finished again with another place.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/uploads/{upload}/finish", operation_id = "finish_draft_upload", tag = "drafts",
    params(
        ("id" = DraftId, Path, description = "The draft."),
        ("upload" = UploadId, Path, description = "The upload."),
    ),
    request_body = FinishUpload,
    responses(
        (status = 200, body = Accepted),
        (status = 409, body = ConflictProblem, description = "Something else is there than was expected"),
        (status = "4XX", body = Problem),
    ),
)]
pub(crate) async fn handler(
    Path((id, upload)): Path<(DraftId, UploadId)>,
    mut request: CallerRequest<Option<FinishUpload>>,
) -> Result<Response, DraftError> {
    let app = request.app.clone();
    find(&mut *app.store.read().await?, id, upload).await?;
    let hold = app.drafts.spool.hold(upload).await;
    let (draft, row) = {
        let mut reader = app.store.read().await?;
        (drafts::find(&mut reader, id).await?, find(&mut reader, id, upload).await?)
    };
    let place = request.input.take().and_then(|finish| finish.place).unwrap_or_else(|| row.place.clone());
    check_place(&place)?;
    if row.revision.is_some() {
        let call = match request.begin().await? {
            Ok(call) => call,
            Err(answer) => return Ok(answer),
        };
        return Ok(call.finish(StatusCode::OK, &Accepted { draft, changed: Vec::new(), count: 0 }).await?);
    }
    find_open(&mut *app.store.read().await?, id).await?;
    let received = app.drafts.spool.present(&hold, row.received).await.map_err(stored)?;
    if received != row.size {
        let title = format!("{received} of {} bytes have arrived", row.size);
        return Err(ApiError::conflict("upload_incomplete", title).hint("send the rest first").into());
    }
    let (step, content) = step(&app, &hold, &row, &place).await?;

    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answer) => return Ok(answer),
    };
    let (by, at) = (call.caller.name.clone(), call.now);
    let line = collection::hold(call.conn()).await?;
    let draft = drafts::lock(call.conn(), id).await?;
    write_content(call.conn(), &line, (&content).into(), at).await?;
    let title = match &place {
        UploadPlace::File { path, .. } => format!("upload {path}"),
        UploadPlace::Archive { file_name, into, .. } if into.is_empty() => format!("unpack {file_name}"),
        UploadPlace::Archive { file_name, into, .. } => format!("unpack {file_name} into {into}"),
    };
    let edit = Edit { by: &by, at, kind: ChangeKind::Edit, title: &title, seen: None };
    let accepted = drafts::edit(call.conn(), draft, &[step], &edit).await?;
    uploads::set_done(call.conn(), upload, accepted.draft.revision, at).await?;
    let response = call.finish(StatusCode::OK, &accepted).await?;
    app.drafts.tell();
    if let Err(error) = app.drafts.spool.remove(&hold).await {
        tracing::warn!(%error, %upload, "the bytes of a finished upload could not be removed; they go within the hour");
    }
    Ok(response)
}

/// Stores what came, and says what is to be done with it.
async fn step(app: &App, hold: &Hold, row: &UploadRow, place: &UploadPlace) -> Result<(Step, Stored), ApiError> {
    let file = app.drafts.spool.read(hold).await.map_err(stored)?;
    match place {
        UploadPlace::File { path, mode, expect } => {
            let path = drafts::place(path).map_err(Refusal::into_api)?.ok_or_else(|| Refusal::Top.into_api())?;
            let mode = mode.as_deref().map(drafts::mode).transpose().map_err(Refusal::into_api)?;
            let (file, content) = drafts::store_spooled(app, file, row.sha256.clone()).await?;
            Ok((Step::Write { path, file, mode, expect: *expect }, content))
        }
        UploadPlace::Archive { file_name, into, existing } => {
            let into = drafts::place(into).map_err(Refusal::into_api)?;
            let format = format_of(file_name)?;
            let (tree, content) = drafts::store_archive(app, file, format, row.sha256.clone()).await?;
            Ok((Step::Unpack { into, tree, existing: *existing }, content))
        }
    }
}

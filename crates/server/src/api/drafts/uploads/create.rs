//! `POST /api/v1/drafts/{id}/uploads`

use axum::response::Response;
use http::StatusCode;
use packhorse_content::archive::Limits;
use packhorse_model::api::drafts::{CreateUpload, DraftUpload};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts::uploads::{self, UploadRow};

use super::{check_place, shown};
use crate::access::CallerTx;
use crate::drafts::lock;
use crate::error::ApiError;
use crate::extract::Path;

/// Uploads of a draft that may be under way at the same time.
const MOST_UPLOADS: u64 = 64;

/// Announces an upload into a draft: of a file, or of an archive that is unpacked in place.
#[utoipa::path(
    post, path = "/api/v1/drafts/{id}/uploads", operation_id = "create_draft_upload", tag = "drafts",
    params(("id" = DraftId, Path, description = "The draft.")),
    request_body = CreateUpload,
    responses((status = 201, body = DraftUpload), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DraftId>, mut call: CallerTx<CreateUpload>) -> Result<Response, ApiError> {
    let input = call.input.clone();
    check_place(&input.place)?;
    let is_sha256 = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if !input.sha256.as_ref().is_none_or(is_sha256) {
        return Err(ApiError::invalid("upload_sha256", "a SHA-256 is 64 lower-case hexadecimal characters"));
    }
    lock(call.conn(), id).await?;
    let pending = uploads::pending(call.conn(), id).await?;
    let most = Limits::default().bytes;
    if pending.uploads >= MOST_UPLOADS || pending.bytes.saturating_add(input.size) > most {
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "upload_quota",
            format!("a draft takes {MOST_UPLOADS} uploads of {most} bytes together at the same time"),
        )
        .hint("finish or delete some of its uploads first"));
    }
    let row = UploadRow {
        id: call.app.random.id(call.now),
        draft: id,
        place: input.place,
        size: input.size,
        received: 0,
        sha256: input.sha256,
        creator: call.caller.name.clone(),
        updated_at: call.now,
        revision: None,
    };
    uploads::insert(call.conn(), &row).await?;
    call.finish(StatusCode::CREATED, &shown(row)).await
}

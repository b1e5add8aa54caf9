//! `POST /api/v1/slim-uploads/missing-files`

use std::collections::HashSet;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use packhorse_model::Digest;
use packhorse_model::problem::Problem;
use packhorse_store::{segments, staged};

use super::{answer, question};
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;

/// Which files the server lacks. The body is their digests, 32 bytes each, at most 8192; the answer is one bit for each, the lowest first, set if
/// the file is missing. A recipe, or a segment, is asked about as the file that it is.
#[utoipa::path(
    post, path = "/api/v1/slim-uploads/missing-files", operation_id = "slim_missing_files", tag = "packages",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller, body: Body) -> Result<Response, ApiError> {
    let files = question(body).await?;
    let mut reader = app.store.read().await?;
    let mut there: HashSet<Digest> = segments::recipes(&mut reader, &files).await?.iter().map(|row| row.file).collect();
    there.extend(segments::stored(&mut reader, &files).await?);
    there.extend(staged::locate(&mut reader, &files).await?.iter().map(|row| row.digest));
    drop(reader);
    Ok(answer(&files.iter().map(|file| !there.contains(file)).collect::<Vec<_>>()))
}

//! `POST /api/v1/slim-uploads/packs`

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use http::StatusCode;
use packhorse_model::api::slim::StagedPack;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::intake;

/// Takes a pack of segments in, for a version that comes later. The body is the pack, of at most 16 MiB; every segment in it is verified against its
/// digest before anything is noted. What no version is made of is forgotten after a day.
#[utoipa::path(
    post, path = "/api/v1/slim-uploads/packs", operation_id = "slim_send_pack", tag = "packages",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = StagedPack), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    body: Body,
) -> Result<(StatusCode, Json<StagedPack>), ApiError> {
    Ok((StatusCode::CREATED, Json(intake::stage(&app, body).await?)))
}

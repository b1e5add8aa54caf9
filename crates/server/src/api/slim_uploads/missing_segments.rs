//! `POST /api/v1/slim-uploads/missing-segments`

use std::collections::HashSet;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use packhorse_model::Digest;
use packhorse_model::api::slim::MOST_NAMED;
use packhorse_model::problem::Problem;
use packhorse_store::{segments, staged};

use super::{answer, question};
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::intake::unmakeable;
use crate::objects::Library;

/// Which segments the server lacks of those that recipes name. The body is the digests of recipes that have been sent, 32 bytes each; the answer is
/// one bit for each segment that they name outside of themselves, recipe by recipe, in their order, set if the segment is missing.
#[utoipa::path(
    post, path = "/api/v1/slim-uploads/missing-segments", operation_id = "slim_missing_segments", tag = "packages",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller, body: Body) -> Result<Response, ApiError> {
    let recipes = question(body).await?;
    let _turn = app.slim_turns.acquire().await.map_err(ApiError::internal)?;
    let library = Library::with_staged(app.store.clone(), &app.objects, &[]);
    let named = tokio::task::spawn_blocking(move || library.named_by(&recipes, MOST_NAMED)).await;
    let named = named.map_err(ApiError::internal)?.map_err(unmakeable)?;
    let mut reader = app.store.read().await?;
    let mut there: HashSet<Digest> = segments::stored(&mut reader, &named).await?.into_iter().collect();
    there.extend(staged::locate(&mut reader, &named).await?.iter().map(|row| row.digest));
    drop(reader);
    Ok(answer(&named.iter().map(|segment| !there.contains(segment)).collect::<Vec<_>>()))
}

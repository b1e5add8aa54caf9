//! `POST /api/v1/storage/jobs`, `GET …/jobs` and `GET …/jobs/{id}`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::Page;
use packhorse_model::api::storage::{JobRequest, StorageJob};
use packhorse_model::ids::StorageJobId;
use packhorse_model::problem::Problem;
use packhorse_store::storage_jobs;
use serde_json::json;

use crate::access::{Caller, CallerTx};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;
use crate::storage;

/// Starts a job. One runs at a time.
#[utoipa::path(
    post, path = "/api/v1/storage/jobs", operation_id = "start_storage_job", tag = "storage",
    request_body = JobRequest,
    responses((status = 202, body = StorageJob), (status = "4XX", body = Problem)),
)]
pub(crate) async fn start(mut call: CallerTx<JobRequest>) -> Result<Response, ApiError> {
    let (app, now, request) = (call.app.clone(), call.now, call.input.clone());
    let (id, creator): (StorageJobId, _) = (app.random.id(now), call.caller.name.to_string());
    if !storage_jobs::begin(call.conn(), id, &request, &creator, storage::lost(now), now).await? {
        let running = storage_jobs::running(call.conn()).await?.map(|job| job.id.to_string()).unwrap_or_default();
        return Err(ApiError::conflict("storage_job_running", format!("job {running} is at work on the storage"))
            .hint("wait for its end: `packhorse storage stats` shows how far it is"));
    }
    call.audit("storage.job", id, json!({ "request": request }));
    let job = storage_jobs::find(call.conn(), id).await?;
    let response = call.finish(StatusCode::ACCEPTED, &job).await?;
    storage::start(&app, id, request);
    Ok(response)
}

/// Lists jobs, the newest first.
#[utoipa::path(
    get, path = "/api/v1/storage/jobs", operation_id = "list_storage_jobs", tag = "storage",
    params(PageQuery),
    responses((status = 200, body = Page<StorageJob>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<StorageJob>>, ApiError> {
    let before = page.after::<StorageJobId>()?;
    let mut reader = app.store.read().await?;
    let rows = storage_jobs::list(&mut reader, before, page.limit() + 1).await?;
    let total = storage_jobs::count(&mut reader).await?;
    Ok(Json(page.page(rows, total, |last| last.id.to_string())))
}

/// Shows a job and how far it is.
#[utoipa::path(
    get, path = "/api/v1/storage/jobs/{id}", operation_id = "get_storage_job", tag = "storage",
    params(("id" = StorageJobId, Path)),
    responses((status = 200, body = StorageJob), (status = "4XX", body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<StorageJobId>,
) -> Result<Json<StorageJob>, ApiError> {
    let found = storage_jobs::find(&mut *app.store.read().await?, id).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("storage job", id))
}

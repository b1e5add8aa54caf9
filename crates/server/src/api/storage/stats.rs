//! `GET /api/v1/storage`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::storage::{JobKind, StorageStats};
use packhorse_model::problem::Problem;
use packhorse_store::{damage, originals, packs, storage_jobs, versions};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;

/// What the storage holds, and what was last done to it.
#[utoipa::path(
    get, path = "/api/v1/storage", operation_id = "get_storage", tag = "storage",
    responses((status = 200, body = StorageStats), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller) -> Result<Json<StorageStats>, ApiError> {
    let mut reader = app.store.read().await?;
    let totals = versions::totals(&mut reader).await?;
    let (originals, original_bytes) = originals::totals(&mut reader).await?;
    Ok(Json(StorageStats {
        packages: totals.packages,
        versions: totals.versions,
        content_bytes: totals.content_bytes,
        packs: packs::count(&mut reader).await?,
        pack_bytes: totals.stored_bytes,
        originals,
        original_bytes,
        damaged_segments: damage::count(&mut reader).await?,
        running: storage_jobs::running(&mut reader).await?,
        last_gc: storage_jobs::last(&mut reader, JobKind::Gc).await?,
        last_verify: storage_jobs::last(&mut reader, JobKind::Verify).await?,
    }))
}

//! `DELETE /api/v1/locks/{id}`

use axum::response::Response;
use packhorse_model::ids::LockId;
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Removes a lock. What it held goes on.
#[utoipa::path(
    delete, path = "/api/v1/locks/{id}", operation_id = "remove_lock", tag = "guard rails",
    params(("id" = LockId, Path, description = "The lock.")),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<LockId>, mut call: CallerTx) -> Result<Response, ApiError> {
    guard_rails::lock(call.conn()).await?;
    let lock = guard_rails::find_lock(call.conn(), id)
        .await?
        .ok_or_else(|| ApiError::not_found("lock", id).hint("`packhorse lock list` shows those that there are"))?;
    guard_rails::delete_lock(call.conn(), id).await?;
    let user = call.caller.name.clone();
    call.audit(
        "lock.remove",
        &lock.scope,
        json!({ "lock": id, "message": lock.message, "by": lock.created_by, "user": user }),
    );
    let app = call.app.clone();
    let response = call.finish_empty().await?;
    app.wake.reconcile();
    Ok(response)
}

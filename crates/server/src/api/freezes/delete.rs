//! `DELETE /api/v1/freezes/{name}`

use axum::response::Response;
use packhorse_model::name::FreezeName;
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Deletes a freeze. What it held goes on.
#[utoipa::path(
    delete, path = "/api/v1/freezes/{name}", operation_id = "delete_freeze", tag = "guard rails",
    params(("name" = FreezeName, Path, description = "Its name.")),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<FreezeName>, mut call: CallerTx) -> Result<Response, ApiError> {
    guard_rails::lock(call.conn()).await?;
    let before = super::find(call.conn(), &name).await?;
    guard_rails::delete_freeze(call.conn(), &name).await?;
    let user = call.caller.name.clone();
    call.audit("freeze.delete", &name, json!({ "before": before, "user": user }));
    let app = call.app.clone();
    let response = call.finish_empty().await?;
    app.wake.reconcile();
    Ok(response)
}

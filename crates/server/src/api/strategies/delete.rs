//! `DELETE /api/v1/strategies/{name}`

use axum::response::Response;
use packhorse_model::name::StrategyName;
use packhorse_model::problem::Problem;
use packhorse_store::strategies;
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::strategy;
use crate::error::ApiError;
use crate::extract::Path;

/// Deletes a strategy. Deployments that were made with it keep what they took from it.
#[utoipa::path(
    delete, path = "/api/v1/strategies/{name}", operation_id = "delete_strategy", tag = "strategies",
    params(("name" = StrategyName, Path, description = "Its name.")),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<StrategyName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let before = strategy::find(call.conn(), &name).await?;
    strategies::delete(call.conn(), &name).await?;
    let user = call.caller.name.clone();
    call.audit("strategy.delete", &name, json!({ "before": before, "user": user }));
    call.finish_empty().await
}

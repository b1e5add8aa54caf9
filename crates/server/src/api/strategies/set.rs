//! `PUT /api/v1/strategies/{name}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::strategies::{NamedStrategy, SetStrategy};
use packhorse_model::name::StrategyName;
use packhorse_model::problem::Problem;
use packhorse_store::strategies;
use serde_json::json;

use crate::access::CallerTx;
use crate::api::remark;
use crate::engine::planning;
use crate::error::ApiError;
use crate::extract::Path;

/// Saves a strategy under a name, in place of the one that had it. Deployments that were made with that keep what they took from it.
#[utoipa::path(
    put, path = "/api/v1/strategies/{name}", operation_id = "set_strategy", tag = "strategies",
    params(("name" = StrategyName, Path, description = "Its name.")), request_body = SetStrategy,
    responses((status = 200, body = NamedStrategy), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(name): Path<StrategyName>,
    mut call: CallerTx<SetStrategy>,
) -> Result<Response, ApiError> {
    let SetStrategy { environment, description, strategy, is_default } = call.input.clone();
    planning::check_strategy(&strategy)?;
    let description = remark::optional(&description)?;
    let before = strategies::find(call.conn(), &name).await?;
    let (updated_by, updated_at) = (call.caller.name.clone(), call.now);
    let named = NamedStrategy { name, environment, description, strategy, is_default, updated_by, updated_at };
    strategies::put(call.conn(), &named).await?;
    call.audit("strategy.set", &named.name, json!({ "before": before, "after": named }));
    call.finish(StatusCode::OK, &named).await
}

//! `POST /api/v1/deployments/{id}/promote`

use axum::response::Response;
use packhorse_model::api::control::NextBatch;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::promote;

use super::control;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Lets the next batch begin when those before it are at their end, without the strategy's pause. In a deployment that was halted and asks, it is the
/// answer to go on without the hosts that failed.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/promote", operation_id = "promote_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = NextBatch,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(id): Path<DeploymentId>,
    call: CallerTx<Option<NextBatch>>,
) -> Result<Response, ApiError> {
    control::change(call, id, "deployment.promote", |input, fleet| {
        let batch = input.as_ref().and_then(|input| input.batch);
        promote(&fleet.state, batch).map(control::word).map_err(|error| control::refused(&error, fleet))
    })
    .await
}

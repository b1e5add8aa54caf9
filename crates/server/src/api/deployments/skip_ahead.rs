//! `POST /api/v1/deployments/{id}/skip-ahead`

use axum::response::Response;
use packhorse_model::api::control::NextBatch;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::skip_ahead;

use super::control;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Lets the next batch begin now, although those before it still change or bake. How many may be down holds over all of them.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/skip-ahead", operation_id = "skip_ahead_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = NextBatch,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(id): Path<DeploymentId>,
    call: CallerTx<Option<NextBatch>>,
) -> Result<Response, ApiError> {
    control::change(call, id, "deployment.skip_ahead", |input, fleet| {
        let batch = input.as_ref().and_then(|input| input.batch);
        skip_ahead(&fleet.state, batch).map(control::word).map_err(|error| control::refused(&error, fleet))
    })
    .await
}

//! `POST /api/v1/deployments/{id}/resume`

use axum::response::Response;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::resume;

use super::control;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Lets a paused deployment go on; or a halted one which nothing that failed holds any more.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/resume", operation_id = "resume_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")),
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, call: CallerTx) -> Result<Response, ApiError> {
    control::change(call, id, "deployment.resume", |(), fleet| {
        resume(&fleet.state).map(control::word).map_err(|error| control::refused(&error, fleet))
    })
    .await
}

//! `POST /api/v1/deployments/{id}/abort`

use axum::response::Response;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;

use super::control;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Ends a deployment. What only prepared is cancelled, what is in the middle of a switch comes to its end, what was changed stays.
/// Scripts that run are stopped: their hosts have failed then.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/abort", operation_id = "abort_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")),
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, call: CallerTx) -> Result<Response, ApiError> {
    control::change(call, id, "deployment.abort", |(), fleet| {
        let from =
            [DeploymentState::Running, DeploymentState::Paused, DeploymentState::Halted, DeploymentState::RollingBack];
        control::move_to(fleet, &from, DeploymentState::Aborting)
    })
    .await
}

//! `POST /api/v1/deployments/{id}/rollback`

use axum::response::Response;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::may_have_changed;

use super::control;
use crate::access::CallerTx;
use crate::engine::databases;
use crate::error::ApiError;
use crate::extract::Path;

/// Brings every host that the deployment changed back to the version that it had. Needs no download and skips the canary.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/rollback", operation_id = "rollback_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")),
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, mut call: CallerTx) -> Result<Response, ApiError> {
    let one_way = databases::one_way(call.conn(), id).await?;
    control::change(call, id, "deployment.rollback", |(), fleet| {
        let stuck = fleet.state.units().find(|unit| one_way.contains_key(&unit.unit) && may_have_changed(unit));
        if let Some(said) = stuck.and_then(|unit| one_way.get(&unit.unit)) {
            return Err(ApiError::conflict("no_way_back", said.clone()).hint(
                "bring it to its end: correct what it failed on, and retry; or restore a backup of the database",
            ));
        }
        let from = [DeploymentState::Running, DeploymentState::Paused, DeploymentState::Halted];
        let is_ended_well = fleet.deployment.state == DeploymentState::Succeeded;
        control::move_to(fleet, &from, DeploymentState::RollingBack).map_err(|error| match is_ended_well {
            true => error.hint("start a deployment with the action rollback over its targets"),
            false => error,
        })
    })
    .await
}

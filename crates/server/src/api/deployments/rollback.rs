//! `POST /api/v1/deployments/{id}/rollback`

use axum::response::Response;
use packhorse_model::api::control::RollBack;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::deployment::{Action, DeploymentState};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::may_have_changed;

use super::{control, take_back};
use crate::access::CallerTx;
use crate::engine::databases;
use crate::error::ApiError;
use crate::extract::Path;

/// Brings every host that the deployment changed back to the version that it had. Needs no download and skips the canary.
///
/// With `hosts`, only these go back, also of a deployment that has ended: by a new deployment, which is the answer. One that is open leaves those of
/// them out that failed, and goes on with the others.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/rollback", operation_id = "rollback_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = RollBack,
    responses((status = 200, body = DeploymentDetail), (status = 201, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(id): Path<DeploymentId>,
    mut call: CallerTx<Option<RollBack>>,
) -> Result<Response, ApiError> {
    let hosts = call.input.take().unwrap_or_default().hosts;
    if !hosts.is_empty() {
        return take_back::handle(call, id, &hosts).await;
    }
    let one_way = databases::one_way(call.conn(), id).await?;
    control::change(call, id, "deployment.rollback", |_, fleet| {
        if fleet.deployment.spec.action == Action::Run {
            return Err(ApiError::conflict("script_not_reversible", "what a script did cannot be taken back")
                .hint("run another script that does; `packhorse deployment abort` stops this one"));
        }
        let stuck = fleet.state.units().find(|unit| one_way.contains_key(&unit.unit) && may_have_changed(unit));
        if let Some(said) = stuck.and_then(|unit| one_way.get(&unit.unit)) {
            return Err(ApiError::conflict("no_way_back", said.clone()).hint(
                "bring it to its end: correct what it failed on, and retry; or restore a backup of the database",
            ));
        }
        let from = [DeploymentState::Running, DeploymentState::Paused, DeploymentState::Halted];
        let is_ended_well =
            matches!(fleet.deployment.state, DeploymentState::Succeeded | DeploymentState::PartlySucceeded);
        control::move_to(fleet, &from, DeploymentState::RollingBack).map_err(|error| match is_ended_well {
            true => error.hint("start a deployment with the action rollback over its targets"),
            false => error,
        })
    })
    .await
}

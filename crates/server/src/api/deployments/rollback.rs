//! `POST /api/v1/deployments/{id}/rollback`

use std::collections::BTreeMap;

use axum::response::Response;
use packhorse_model::api::control::RollBack;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::deployment::{Action, DeploymentState};
use packhorse_model::ids::{DeploymentId, UnitId};
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::{UnitView, may_have_changed};

use super::{control, take_back};
use crate::access::CallerTx;
use crate::engine::fleet::Fleet;
use crate::engine::{databases, detail};
use crate::error::ApiError;
use crate::extract::Path;

/// Brings every host that the deployment changed back to the version that it had. Needs no download and skips the canary.
///
/// With `hosts`, only these go back, and of a deployment that has ended all of them: by a new deployment, which is the answer. One that is open
/// leaves those of them out that failed or have not begun, and goes on with the others. Of several packages a host goes back with all that it got,
/// in reverse order. Refused if a version would be left without the database that it needs.
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
    let one_way = databases::one_way(call.conn(), id).await?;
    if !hosts.is_empty() || detail::find(call.conn(), id).await?.state.is_terminal() {
        return take_back::handle(call, id, &hosts, &one_way).await;
    }
    control::change(call, id, "deployment.rollback", |_, fleet| {
        can_go_back(fleet, &one_way, fleet.state.units())?;
        let from = [DeploymentState::Running, DeploymentState::Paused, DeploymentState::Halted];
        control::move_to(fleet, &from, DeploymentState::RollingBack)
    })
    .await
}

/// Refuses what has no way back, as a whole: what is left out silently would be taken for done.
pub(super) fn can_go_back<'a>(
    fleet: &Fleet,
    one_way: &BTreeMap<UnitId, String>,
    mut units: impl Iterator<Item = &'a UnitView>,
) -> Result<(), ApiError> {
    if fleet.deployment.spec.action == Action::Run {
        return Err(ApiError::conflict("script_not_reversible", "what a script did cannot be taken back")
            .hint("run another script that does; `packhorse deployment abort` stops this one"));
    }
    match units.find_map(|unit| one_way.get(&unit.unit).filter(|_| may_have_changed(unit))) {
        Some(said) => Err(ApiError::conflict("no_way_back", said.clone())
            .hint("bring it to its end: correct what it failed on, and retry; or restore a backup of the database")),
        None => Ok(()),
    }
}

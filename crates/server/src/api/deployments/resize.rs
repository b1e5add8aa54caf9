//! `POST /api/v1/deployments/{id}/resize`

use axum::response::Response;
use packhorse_model::api::control::Resize;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_model::strategy::Strategy;
use packhorse_planner::fleet::resize;

use super::control;
use crate::access::CallerTx;
use crate::engine::{planning, replan};
use crate::error::ApiError;
use crate::extract::Path;

/// Changes the batches of the hosts that have not begun, and how many may be down, by a new plan that follows the current one. What has begun
/// stays as it is.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/resize", operation_id = "resize_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = Resize,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, mut call: CallerTx<Resize>) -> Result<Response, ApiError> {
    let wanted = call.input.clone();
    if wanted == Resize::default() {
        return Err(ApiError::invalid("nothing_to_resize", "say which batches are wanted, or how many may be down"));
    }
    let fleet = control::take(&mut call, id).await?;
    let stored = planning::find(call.conn(), fleet.deployment.plan).await?;
    let next = call.app.random.id(call.now);
    let plan = resize(&stored.plan, &fleet.state, wanted.batch.as_ref(), next)
        .map_err(|error| control::refused(&error, &fleet))?;
    let now = fleet.state.strategy.clone();
    let strategy = Strategy {
        batch: wanted.batch.unwrap_or(now.batch),
        max_unavailable: wanted.max_unavailable.or(now.max_unavailable),
        ..now
    };
    let fleet = replan::follow(&mut call, fleet, &stored, &plan, &strategy).await?;
    let changes = control::write(&mut call, &fleet, "deployment.resize", Vec::new()).await?;
    control::answer(call, id, Some(changes)).await
}

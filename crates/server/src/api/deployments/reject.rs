//! `POST /api/v1/deployments/{id}/reject`

use axum::response::Response;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::api::guard_rails::Verdict;
use packhorse_model::deployment::DeploymentState;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::{deployments, guarded_deployments};

use super::{control, verdict};
use crate::access::CallerTx;
use crate::api::remark;
use crate::error::ApiError;
use crate::extract::Path;

/// Rejects a deployment that waits for approval: it is ended before it begins. Says why, for the one who started it.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/reject", operation_id = "reject_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = Verdict,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, mut call: CallerTx<Verdict>) -> Result<Response, ApiError> {
    let (said, caller) = (call.input.clone(), call.caller.clone());
    let comment = remark::required(&said.comment, "say why, for the one who started the deployment")?;
    // Takes the row before anything is decided on it.
    let now = call.now;
    deployments::touch(call.conn(), id, now).await?;
    verdict::take(call.conn(), id, &caller, &said).await?;
    let why = format!("rejected by {}: {comment}", caller.name);
    guarded_deployments::set_ended_because(call.conn(), id, &why).await?;
    control::change(call, id, "deployment.reject", |_, fleet| {
        control::move_to(fleet, &[DeploymentState::Running, DeploymentState::Paused], DeploymentState::Aborting)
    })
    .await
}

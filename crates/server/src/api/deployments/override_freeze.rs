//! `POST /api/v1/deployments/{id}/override-freeze`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::api::guard_rails::{FreezeOverride, OverrideFreeze};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::{deployments, guarded_deployments};
use serde_json::json;

use crate::access::CallerTx;
use crate::api::remark;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::Path;
use crate::wake::Changes;

/// Lets one deployment go on in spite of all freezes. The reason is kept with it, and in the audit log.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/override-freeze", operation_id = "override_freeze", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = OverrideFreeze,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(id): Path<DeploymentId>,
    mut call: CallerTx<OverrideFreeze>,
) -> Result<Response, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let reason = remark::required(&call.input.reason, "say why it cannot wait for the end of the freeze")?;
    let deployment = detail::find(call.conn(), id).await?;
    let revision = deployments::touch(call.conn(), id, now).await?.unwrap_or_default();
    if deployment.state.is_terminal() {
        return Err(
            ApiError::conflict("deployment_ended", format!("deployment {id} has ended")).hint("start another one")
        );
    }
    let said = FreezeOverride { by: call.caller.name.clone(), reason, at: now };
    guarded_deployments::override_freeze(call.conn(), id, &said).await?;
    let detail = json!({ "package": deployment.package_name, "user": said.by, "reason": said.reason });
    call.audit("deployment.override_freeze", id, detail);
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    app.wake.tell(&Changes { deployments: vec![(id, revision)], hosts: Vec::new() });
    Ok(response)
}

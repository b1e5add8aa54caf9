//! `POST /api/v1/deployments/{id}/start`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::{StoreError, deployments, guarded_deployments};
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::Path;
use crate::wake::Changes;

/// Lets a scheduled deployment begin now, as far as nothing else holds it.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/start", operation_id = "start_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")),
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, mut call: CallerTx) -> Result<Response, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let deployment = detail::find(call.conn(), id).await?;
    let revision = deployments::touch(call.conn(), id, now).await?.unwrap_or_default();
    let row = guarded_deployments::find(call.conn(), id).await?.ok_or(StoreError::Conflict)?;
    let waits = !deployment.state.is_terminal() && row.begun_at.is_none() && row.not_before.is_some_and(|at| at > now);
    if !waits {
        return Err(ApiError::conflict("not_scheduled", format!("deployment {id} does not wait for a time"))
            .hint(format!("`packhorse deployment show {id}` says what it waits for")));
    }
    guarded_deployments::set_not_before(call.conn(), id, None).await?;
    let user = call.caller.name.clone();
    let detail = json!({ "package": deployment.package_name, "not_before": row.not_before, "user": user });
    call.audit("deployment.start", id, detail);
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    app.wake.tell(&Changes { deployments: vec![(id, revision)], hosts: Vec::new() });
    Ok(response)
}

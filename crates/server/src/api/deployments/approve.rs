//! `POST /api/v1/deployments/{id}/approve`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::api::guard_rails::Verdict;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_store::approvals::{self, NewApproval};
use packhorse_store::deployments;
use serde_json::json;

use super::verdict;
use crate::access::CallerRequest;
use crate::api::remark;
use crate::engine::{detail, planning};
use crate::error::ApiError;
use crate::extract::Path;
use crate::wake::Changes;

/// Approves the plan of a deployment that has not begun. Whoever started the deployment cannot, in person or by a token; of each user one approval
/// counts. If what the plan rests on has moved, it is refused.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/approve", operation_id = "approve_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = Verdict,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(id): Path<DeploymentId>,
    request: CallerRequest<Option<Verdict>>,
) -> Result<Response, ApiError> {
    let (app, now) = (request.app.clone(), request.now);
    let said = request.input.clone().unwrap_or_default();
    let comment = remark::optional(&said.comment)?;
    // Planning again takes its time, and is done before anybody who writes has to wait for us.
    let mut reader = app.store.read().await?;
    let asked = verdict::take(&mut reader, id, &request.caller, &said).await?;
    let stored = planning::find(&mut reader, asked.plan).await?;
    if let Some(moved) = planning::moved(&app, &mut reader, id, &stored, now).await? {
        return Err(ApiError::conflict("plan_outdated", "what the plan rests on has changed since it was made")
            .detail(moved)
            .hint("abort the deployment, and start it again with a new plan"));
    }
    drop(reader);

    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    let caller = call.caller.clone();
    let revision = deployments::touch(call.conn(), id, now).await?.unwrap_or_default();
    let deployment = verdict::take(call.conn(), id, &caller, &said).await?;
    if deployment.plan != asked.plan {
        return Err(verdict::other_plan(&deployment));
    }
    let new = NewApproval { deployment: id, plan: deployment.plan, user: caller.user, comment: &comment, at: now };
    approvals::put(call.conn(), &new).await?;
    call.audit(
        "deployment.approve",
        id,
        json!({ "package": deployment.package_name, "plan": deployment.plan, "user": caller.name, "comment": comment }),
    );
    let reply = detail::detail(call.conn(), id).await?;
    let response = call.finish(StatusCode::OK, &reply).await?;
    app.wake.tell(&Changes { deployments: vec![(id, revision)], hosts: Vec::new() });
    Ok(response)
}

//! Who may approve or reject which deployment, and until when.

use packhorse_model::api::guard_rails::Verdict;
use packhorse_model::ids::DeploymentId;
use packhorse_store::deployments::Deployment;
use packhorse_store::{Conn, StoreError, guarded_deployments};

use crate::access::Caller;
use crate::engine::{detail, guard};
use crate::error::ApiError;

/// A deployment of which the caller may say whether it may begin.
///
/// # Errors
/// 403 for the one who started it; 409 if it needs no approval, has begun or ended, or has another plan than the one that was looked at.
pub(super) async fn take(
    conn: &mut Conn,
    id: DeploymentId,
    caller: &Caller,
    said: &Verdict,
) -> Result<Deployment, ApiError> {
    let deployment = detail::find(conn, id).await?;
    let row = guarded_deployments::find(conn, id).await?.ok_or(StoreError::Conflict)?;
    if deployment.creator == caller.name {
        return Err(ApiError::forbidden(
            "own_deployment",
            "whoever started a deployment can neither approve nor reject it",
        )
        .hint("ask another person; you can end it with `packhorse deployment abort`"));
    }
    if deployment.state.is_terminal() || row.begun_at.is_some() {
        return Err(ApiError::conflict("already_begun", format!("deployment {id} has begun, or ended")).hint(
            "`packhorse deployment pause` and `packhorse deployment rollback` still change it while it goes on",
        ));
    }
    if guard::rails(conn).await?.approvals_needed(&row.modules) == 0 {
        return Err(ApiError::conflict("no_approval_needed", format!("deployment {id} needs no approval"))
            .hint("`packhorse environment list` shows where deployments do"));
    }
    if said.plan.is_some_and(|plan| plan != deployment.plan) {
        return Err(other_plan(&deployment));
    }
    Ok(deployment)
}

/// The plan that was looked at is not the one that would be carried out.
pub(super) fn other_plan(deployment: &Deployment) -> ApiError {
    ApiError::conflict("plan_changed", format!("deployment {} has another plan now", deployment.id))
        .detail(format!("the current one is {}", deployment.plan))
        .hint("look at the current plan, and approve that one")
}

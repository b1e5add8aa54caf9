//! `POST /api/v1/deployments/{id}/retry`

use axum::response::Response;
use packhorse_model::api::deployments::{DeploymentDetail, Retry};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::{RetryError, retry};

use super::control::{self, Word};
use super::force;
use crate::access::CallerTx;
use crate::engine::fleet::Fleet;
use crate::error::ApiError;
use crate::extract::Path;

/// Gives a new attempt to every unit that failed, was cancelled or is unknown, and lets the halted deployment go on; or to the named hosts only, while
/// the others hold the deployment. In one that goes on although hosts failed, these are tried again beside the others.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/retry", operation_id = "retry_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = Retry,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, call: CallerTx<Option<Retry>>) -> Result<Response, ApiError> {
    if call.input.as_ref().is_some_and(|input| input.force) {
        return force::handle(call, id).await;
    }
    control::change(call, id, "deployment.retry", |input, fleet| {
        let hosts = input.as_ref().map_or(&[][..], |input| &input.hosts);
        retry(&fleet.state, hosts).map(Word::Change).map_err(|error| refused(&error, fleet))
    })
    .await
}

/// Why what failed can neither be tried again nor left out.
pub(crate) fn refused(error: &RetryError, fleet: &Fleet) -> ApiError {
    match error {
        RetryError::NotHalted => control::wrong_state(fleet),
        RetryError::NothingFailed => ApiError::conflict("nothing_failed", error.to_string()),
        RetryError::NotFailed(host) => ApiError::invalid("host_not_failed", error.to_string()).param("host", host),
        RetryError::StillOpen(host) => ApiError::conflict("attempt_open", error.to_string()).param("host", host),
        RetryError::NotUnknown(host) => ApiError::conflict("unit_not_unknown", error.to_string()).param("host", host),
        RetryError::GoingBack(host) => ApiError::conflict("going_back", error.to_string()).param("host", host),
    }
}

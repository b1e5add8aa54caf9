//! `POST /api/v1/deployments/{id}/skip`

use axum::response::Response;
use packhorse_model::api::deployments::{DeploymentDetail, Skip};
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;
use packhorse_planner::fleet::skip;

use super::control::{self, Word};
use super::retry::refused;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Leaves hosts out at which the deployment failed, was cancelled or is unknown, and lets it go on when no other holds it. A host that has nothing that
/// works goes on counting as down.
#[utoipa::path(
    post, path = "/api/v1/deployments/{id}/skip", operation_id = "skip_deployment_hosts", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")), request_body = Skip,
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<DeploymentId>, call: CallerTx<Skip>) -> Result<Response, ApiError> {
    if call.input.hosts.is_empty() {
        return Err(ApiError::invalid("no_hosts", "say which hosts are to be left out")
            .hint(format!("`packhorse deployment show {id}` shows at which it failed")));
    }
    control::change(call, id, "deployment.skip", |input, fleet| {
        skip(&fleet.state, &input.hosts).map(Word::Change).map_err(|error| refused(&error, fleet))
    })
    .await
}

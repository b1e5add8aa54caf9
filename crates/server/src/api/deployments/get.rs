//! `GET /api/v1/deployments/{id}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::deployments::DeploymentDetail;
use packhorse_model::ids::DeploymentId;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::engine::detail;
use crate::error::ApiError;
use crate::extract::Path;

/// Where a deployment stands, and what it waits for.
#[utoipa::path(
    get, path = "/api/v1/deployments/{id}", operation_id = "get_deployment", tag = "deployments",
    params(("id" = DeploymentId, Path, description = "The deployment.")),
    responses((status = 200, body = DeploymentDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<DeploymentId>,
) -> Result<Json<DeploymentDetail>, ApiError> {
    Ok(Json(detail::detail(&mut *app.store.read().await?, id).await?))
}

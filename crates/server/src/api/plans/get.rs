//! `GET /api/v1/plans/{id}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::deployments::PlanPreview;
use packhorse_model::ids::PlanId;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::engine::{planning, preview};
use crate::error::ApiError;
use crate::extract::Path;

/// What a plan would do, or does.
#[utoipa::path(
    get, path = "/api/v1/plans/{id}", operation_id = "get_plan", tag = "plans",
    params(("id" = PlanId, Path, description = "The plan.")),
    responses((status = 200, body = PlanPreview), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<PlanId>,
) -> Result<Json<PlanPreview>, ApiError> {
    let stored = planning::find(&mut *app.store.read().await?, id).await?;
    let findings = serde_json::from_str(&stored.findings).map_err(ApiError::internal)?;
    Ok(Json(preview::preview(&app, &stored.plan, &stored.spec, findings, stored.created_at).await?))
}

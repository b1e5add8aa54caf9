//! `GET /api/v1/units/{id}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::deployments::UnitDetail;
use packhorse_model::ids::UnitId;
use packhorse_model::problem::Problem;
use packhorse_store::{attempts, units};

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// One unit with the steps of its attempts.
#[utoipa::path(
    get, path = "/api/v1/units/{id}", operation_id = "get_unit", tag = "deployments",
    params(("id" = UnitId, Path, description = "The unit.")),
    responses((status = 200, body = UnitDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(id): Path<UnitId>,
) -> Result<Json<UnitDetail>, ApiError> {
    let mut reader = app.store.read().await?;
    let unit = units::find(&mut reader, id).await?.ok_or_else(|| ApiError::not_found("unit", id))?;
    let attempts = attempts::of_unit(&mut reader, id).await?;
    Ok(Json(UnitDetail { unit, attempts }))
}

//! `GET /api/v1/units/{id}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::deployments::UnitDetail;
use packhorse_model::ids::UnitId;
use packhorse_model::problem::Problem;
use packhorse_store::{Conn, attempts, units};

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
    Ok(Json(detail(&mut *app.store.read().await?, id).await?))
}

/// A unit with its attempts, or 404.
pub(super) async fn detail(conn: &mut Conn, id: UnitId) -> Result<UnitDetail, ApiError> {
    let unit = units::find(conn, id).await?.ok_or_else(|| ApiError::not_found("unit", id))?;
    let attempts = attempts::of_unit(conn, id).await?;
    Ok(UnitDetail { unit, attempts })
}

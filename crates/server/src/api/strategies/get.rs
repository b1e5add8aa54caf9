//! `GET /api/v1/strategies/{name}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::name::StrategyName;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::engine::strategy;
use crate::error::ApiError;
use crate::extract::Path;

/// One strategy.
#[utoipa::path(
    get, path = "/api/v1/strategies/{name}", operation_id = "get_strategy", tag = "strategies",
    params(("name" = StrategyName, Path, description = "Its name.")),
    responses((status = 200, body = NamedStrategy), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<StrategyName>,
) -> Result<Json<NamedStrategy>, ApiError> {
    Ok(Json(strategy::find(&mut *app.store.read().await?, &name).await?))
}

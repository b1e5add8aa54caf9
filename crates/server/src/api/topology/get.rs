//! `GET /api/v1/topology`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::topology::Topology;
use packhorse_model::problem::Problem;
use packhorse_store::topology;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;

/// The whole tree, with counts.
#[utoipa::path(
    get, path = "/api/v1/topology", operation_id = "get_topology", tag = "topology",
    responses((status = 200, body = Topology), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(State(app): State<App>, _caller: Caller) -> Result<Json<Topology>, ApiError> {
    Ok(Json(topology::tree(&mut *app.store.read().await?).await?))
}

//! `GET /api/v1/database-targets/{name}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::database_targets::DatabaseTarget;
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows a database target, with what its ledger said of each package when a host last looked.
#[utoipa::path(
    get, path = "/api/v1/database-targets/{name}", operation_id = "get_database_target", tag = "databases",
    params(("name" = DatabaseTargetName, Path)),
    responses((status = 200, body = DatabaseTarget), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<DatabaseTargetName>,
) -> Result<Json<DatabaseTarget>, ApiError> {
    find(&mut *app.store.read().await?, &name).await.map(Json)
}

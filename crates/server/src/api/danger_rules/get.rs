//! `GET /api/v1/danger-rules/{name}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::scripts::DangerRule;
use packhorse_model::name::DangerRuleName;
use packhorse_model::problem::Problem;

use super::not_found;
use crate::access::Caller;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows a danger rule.
#[utoipa::path(
    get, path = "/api/v1/danger-rules/{name}", operation_id = "get_danger_rule", tag = "scripts",
    params(("name" = DangerRuleName, Path)),
    responses((status = 200, body = DangerRule), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(name): Path<DangerRuleName>,
) -> Result<Json<DangerRule>, ApiError> {
    let rule = danger::get(&mut *app.store.read().await?, &name).await?;
    rule.map(Json).ok_or_else(|| not_found(&name))
}

//! `POST /api/v1/scripts/check`

use axum::Json;
use packhorse_content::danger;
use packhorse_model::api::scripts::{CheckScript, ScriptCheck};
use packhorse_model::problem::Problem;

use super::require_short;
use crate::access::CallerRequest;
use crate::error::ApiError;

/// Says what the danger rules find in a script. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/scripts/check", operation_id = "check_script", tag = "scripts",
    request_body = CheckScript,
    responses((status = 200, body = ScriptCheck), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(call: CallerRequest<CheckScript>) -> Result<Json<ScriptCheck>, ApiError> {
    let CheckScript { text, language } = call.input;
    require_short(&text)?;
    let rules = crate::danger::rule_set(&call.app).await?;
    let check = tokio::task::spawn_blocking(move || danger::check(&rules, &text, language));
    check.await.map(Json).map_err(ApiError::internal)
}

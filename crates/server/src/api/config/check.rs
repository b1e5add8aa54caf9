//! `POST /api/v1/config/check`

use axum::Json;
use packhorse_content::inspect::check_config;
use packhorse_model::api::variables::{CheckConfig, ConfigCheck, MAX_CHECKED_BYTES};
use packhorse_model::problem::Problem;

use crate::access::CallerRequest;
use crate::error::ApiError;

/// Says what is wrong with the syntax of a text, and which variables it has. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/config/check", operation_id = "check_config", tag = "packages",
    request_body = CheckConfig,
    responses((status = 200, body = ConfigCheck), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(call: CallerRequest<CheckConfig>) -> Result<Json<ConfigCheck>, ApiError> {
    let input = call.input;
    if input.text.len() > MAX_CHECKED_BYTES {
        return Err(ApiError::invalid("text_too_long", "a text that is checked for an editor has up to 512 KiB")
            .hint("push it as a package: then all of it is looked at"));
    }
    tokio::task::spawn_blocking(move || check_config(&input)).await.map(Json).map_err(ApiError::internal)
}

//! `GET /api/v1/session`

use axum::Json;
use packhorse_model::api::sessions::Session;
use packhorse_model::problem::Problem;

use crate::access::Caller;

/// Who the caller is.
#[utoipa::path(
    get, path = "/api/v1/session", operation_id = "get_session", tag = "session",
    responses((status = 200, body = Session), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(caller: Caller) -> Json<Session> {
    Json(Session { user: caller.name, server_version: env!("CARGO_PKG_VERSION").to_owned() })
}

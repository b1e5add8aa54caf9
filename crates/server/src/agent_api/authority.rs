//! `GET /agent/v1/authority`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::CONTENT_TYPE;

use crate::app::App;

/// The certificate of the server's authority. Whoever joins compares its SHA-256 with the one in the join token before trusting it.
#[utoipa::path(
    get, path = "/agent/v1/authority", operation_id = "get_authority", tag = "agents",
    responses((status = 200, content_type = "application/x-pem-file", body = String)), security(()),
)]
pub(crate) async fn handler(State(app): State<App>) -> Response {
    ([(CONTENT_TYPE, "application/x-pem-file")], app.authority.pem().to_owned()).into_response()
}

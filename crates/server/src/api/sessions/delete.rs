//! `DELETE /api/v1/session`

use axum::response::Response;
use http::HeaderValue;
use http::header::SET_COOKIE;
use packhorse_model::problem::Problem;
use packhorse_store::sessions;
use serde_json::Value;

use crate::access::{CallerTx, Via};
use crate::error::ApiError;

/// Signs out: the session is at its end, here and in every copy of its cookie.
#[utoipa::path(
    delete, path = "/api/v1/session", operation_id = "sign_out", tag = "session",
    responses((status = 204, description = "Signed out."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx) -> Result<Response, ApiError> {
    let Via::Session(session) = call.caller.via else {
        return Err(ApiError::conflict("no_session", "an API token is no session")
            .hint("end it with DELETE /api/v1/tokens/{id}"));
    };
    sessions::delete(call.conn(), session).await?;
    let user = call.caller.name.clone();
    call.audit("session.delete", user, Value::Null);
    let mut response = call.finish_empty().await?;
    let gone = HeaderValue::from_static("packhorse_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    response.headers_mut().insert(SET_COOKIE, gone);
    Ok(response)
}

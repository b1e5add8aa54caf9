//! `POST /api/v1/users`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::users::{NewUser, SHORTEST_PASSWORD, UserSummary};
use packhorse_model::ids::UserId;
use packhorse_model::problem::Problem;
use packhorse_store::users;
use serde_json::json;

use crate::access::CallerRequest;
use crate::error::ApiError;

/// The longest password that is hashed, in bytes.
const LONGEST_PASSWORD: usize = 1024;

/// Adds a user, who may do everything that the caller may.
#[utoipa::path(
    post, path = "/api/v1/users", operation_id = "add_user", tag = "users",
    request_body = NewUser,
    responses((status = 201, body = UserSummary), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(request: CallerRequest<NewUser>) -> Result<Response, ApiError> {
    let NewUser { name, password } = request.input.clone();
    if password.chars().count() < SHORTEST_PASSWORD || password.len() > LONGEST_PASSWORD {
        return Err(ApiError::invalid(
            "bad_password",
            format!("a password has {SHORTEST_PASSWORD} characters at least, and {LONGEST_PASSWORD} bytes at most"),
        ));
    }
    // Hashing is slow on purpose, and nobody who writes waits for it.
    let hash = request.app.passwords.hash(password, &request.app.random).await?;
    let mut call = match request.begin().await? {
        Ok(call) => call,
        Err(answered) => return Ok(answered),
    };
    if users::credentials(call.conn(), &name).await?.is_some() {
        return Err(ApiError::conflict("user_exists", format!("there is a user {name} already"))
            .param("name", &name)
            .hint("choose another name; `packhorse user list` shows those that there are"));
    }
    let (id, now): (UserId, _) = (call.app.random.id(call.now), call.now);
    users::insert(call.conn(), id, &name, &hash, now).await?;
    let by = call.caller.name.clone();
    call.audit("user.create", &name, json!({ "by": by }));
    call.finish(StatusCode::CREATED, &UserSummary { name, created_at: now }).await
}

//! `POST /api/v1/tokens`

use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;
use packhorse_model::api::sessions::{CreateToken, CreatedToken, TokenSummary};
use packhorse_model::problem::Problem;
use packhorse_store::tokens;
use serde_json::json;

use crate::access::{CallerTx, Secret, SecretKind};
use crate::error::ApiError;

/// Days for which a token may be good; whoever wants more leaves the end out.
const MOST_DAYS: u32 = 3650;

/// Makes an API token of the caller. Its secret is in this reply and nowhere else.
#[utoipa::path(
    post, path = "/api/v1/tokens", operation_id = "create_token", tag = "tokens",
    request_body = CreateToken,
    responses((status = 201, body = CreatedToken), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<CreateToken>) -> Result<Response, ApiError> {
    let name = call.input.name.trim().to_owned();
    if !(1..=64).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(ApiError::invalid("token_name", "a token's name has 1 to 64 characters")
            .hint("say what it is for, as in `ci`"));
    }
    let expires_at = match call.input.expires_in_days {
        None => None,
        Some(days @ 1..=MOST_DAYS) => {
            let end = call.now.checked_add(SignedDuration::from_hours(24 * i64::from(days)));
            Some(end.map_err(ApiError::internal)?)
        }
        Some(_) => {
            return Err(ApiError::invalid("token_expiry", format!("a token may be good for 1 to {MOST_DAYS} days")));
        }
    };
    let secret = Secret::generate(SecretKind::ApiToken, &call.app.random);
    let id = call.app.random.id(call.now);
    let token = TokenSummary { id, name, created_at: call.now, expires_at, last_used_at: None };
    let user = call.caller.user;
    tokens::insert(call.conn(), user, &token, &secret.hash()).await?;
    call.audit("token.create", &token.name, json!({ "token": id, "expires_at": expires_at }));
    let reply = CreatedToken { token, secret: secret.reveal().to_owned() };
    call.finish_secret(StatusCode::CREATED, &reply).await
}

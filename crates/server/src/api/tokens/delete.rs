//! `DELETE /api/v1/tokens/{id}`

use axum::response::Response;
use packhorse_model::ids::TokenId;
use packhorse_model::problem::Problem;
use packhorse_store::tokens;
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Ends one of the caller's API tokens, at once.
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", operation_id = "delete_token", tag = "tokens",
    params(("id" = TokenId, Path, description = "The token.")),
    responses((status = 204, description = "It is at its end."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<TokenId>, mut call: CallerTx) -> Result<Response, ApiError> {
    let user = call.caller.user;
    let token = tokens::get(call.conn(), user, id)
        .await?
        .ok_or_else(|| ApiError::not_found("token", id).hint("`packhorse token list` shows those that there are"))?;
    tokens::delete(call.conn(), id).await?;
    call.audit("token.delete", &token.name, json!({ "token": id }));
    call.finish_empty().await
}

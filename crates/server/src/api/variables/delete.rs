//! `DELETE /api/v1/variables/{id}`

use axum::response::Response;
use packhorse_model::ids::VariableId;
use packhorse_model::problem::Problem;
use packhorse_store::variables;
use serde_json::json;

use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Takes a value from a variable. Where a wider scope has one, that holds from now on.
#[utoipa::path(
    delete, path = "/api/v1/variables/{id}", operation_id = "delete_variable", tag = "variables",
    params(("id" = VariableId, Path)),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(id): Path<VariableId>, mut call: CallerTx) -> Result<Response, ApiError> {
    let found = variables::by_id(call.conn(), id).await?.ok_or_else(|| {
        ApiError::not_found("variable", id).hint("`packhorse variable list` shows those that there are")
    })?;
    variables::delete(call.conn(), id).await?;
    call.audit("variable.delete", &found.name, json!({ "scope": found.scope, "before": found.value }));
    call.finish_empty().await
}

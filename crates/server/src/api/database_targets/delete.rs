//! `DELETE /api/v1/database-targets/{name}`

use axum::response::Response;
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;
use packhorse_store::database_targets;
use serde_json::json;

use super::find;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Forgets a database target. The database stays as it is, and so does its ledger.
#[utoipa::path(
    delete, path = "/api/v1/database-targets/{name}", operation_id = "delete_database_target", tag = "databases",
    params(("name" = DatabaseTargetName, Path)),
    responses((status = 204, description = "It is gone."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(Path(name): Path<DatabaseTargetName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let target = find(call.conn(), &name).await?;
    database_targets::delete(call.conn(), target.id).await?;
    call.audit("database_target.delete", &name, json!({ "target": target.id }));
    call.finish_empty().await
}

//! `PUT /api/v1/database-targets/{name}`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::database_targets::{DatabaseTarget, DatabaseTargetSpec};
use packhorse_model::name::DatabaseTargetName;
use packhorse_model::problem::Problem;
use serde_json::json;

use super::{find, put};
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Says anew what a database target is. Deployments that are under way keep what their plans say.
#[utoipa::path(
    put, path = "/api/v1/database-targets/{name}", operation_id = "update_database_target", tag = "databases",
    params(("name" = DatabaseTargetName, Path)),
    request_body = DatabaseTargetSpec,
    responses((status = 200, body = DatabaseTarget), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path(name): Path<DatabaseTargetName>,
    mut call: CallerTx<DatabaseTargetSpec>,
) -> Result<Response, ApiError> {
    let spec = call.input.clone();
    let before = find(call.conn(), &name).await?;
    put(&mut call, before.id, &name, &spec).await?;
    call.audit("database_target.update", &name, json!({ "target": before.id, "spec": spec }));
    let after = find(call.conn(), &name).await?;
    call.finish(StatusCode::OK, &after).await
}

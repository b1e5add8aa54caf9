//! `POST /api/v1/database-targets`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::database_targets::{DatabaseTarget, NewDatabaseTarget};
use packhorse_model::ids::DatabaseTargetId;
use packhorse_model::problem::Problem;
use packhorse_store::database_targets;
use serde_json::json;

use super::{find, put};
use crate::access::CallerTx;
use crate::error::ApiError;

/// Makes a database target. The database itself is not looked at.
#[utoipa::path(
    post, path = "/api/v1/database-targets", operation_id = "create_database_target", tag = "databases",
    request_body = NewDatabaseTarget,
    responses((status = 201, body = DatabaseTarget), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(mut call: CallerTx<NewDatabaseTarget>) -> Result<Response, ApiError> {
    let NewDatabaseTarget { name, spec } = call.input.clone();
    if database_targets::by_name(call.conn(), &name).await?.is_some() {
        return Err(ApiError::conflict("database_target_exists", format!("there is a database target {name} already"))
            .hint(format!("change it with `packhorse database-target edit {name}`, or choose another name")));
    }
    let id: DatabaseTargetId = call.app.random.id(call.now);
    put(&mut call, id, &name, &spec).await?;
    call.audit("database_target.create", &name, json!({ "target": id, "spec": spec }));
    let made = find(call.conn(), &name).await?;
    call.finish(StatusCode::CREATED, &made).await
}

//! `DELETE /api/v1/packages/{package}/bindings/{module}`

use axum::response::Response;
use packhorse_model::PackageName;
use packhorse_model::problem::Problem;
use packhorse_store::bindings;
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::inventory;
use crate::error::ApiError;
use crate::extract::Path;

/// Ends that a package may be deployed to a module. What is there stays, and can be started, stopped and removed.
#[utoipa::path(
    delete, path = "/api/v1/packages/{package}/bindings/{module}", operation_id = "unbind_package", tag = "packages",
    params(("package" = PackageName, Path), ("module" = String, Path, description = "BUSINESS/SYSTEM/MODULE.")),
    responses((status = 204, description = "It is not bound."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path((package, path)): Path<(PackageName, String)>,
    mut call: CallerTx,
) -> Result<Response, ApiError> {
    let path = super::module(&path)?;
    let id = inventory::package(call.conn(), &package).await?.id;
    for module in inventory::modules(call.conn(), std::slice::from_ref(&path)).await? {
        if bindings::unbind(call.conn(), id, module).await? {
            call.audit("package.unbind", &package, json!({ "module": path }));
        }
    }
    call.finish_empty().await
}

//! `PUT /api/v1/packages/{package}/bindings/{module}`

use axum::response::Response;
use packhorse_model::PackageName;
use packhorse_model::problem::Problem;
use packhorse_store::bindings;
use serde_json::json;

use crate::access::CallerTx;
use crate::engine::inventory;
use crate::error::ApiError;
use crate::extract::Path;

/// Binds a package to a module: it may be deployed there. The path of the module is one part of the address, with `%2F` for its slashes.
#[utoipa::path(
    put, path = "/api/v1/packages/{package}/bindings/{module}", operation_id = "bind_package", tag = "packages",
    params(("package" = PackageName, Path), ("module" = String, Path, description = "BUSINESS/SYSTEM/MODULE.")),
    responses((status = 204, description = "It is bound."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Path((package, path)): Path<(PackageName, String)>,
    mut call: CallerTx,
) -> Result<Response, ApiError> {
    let path = super::module(&path)?;
    let id = inventory::package(call.conn(), &package).await?.id;
    let modules = inventory::modules(call.conn(), std::slice::from_ref(&path)).await?;
    let now = call.now;
    bindings::bind(call.conn(), id, &modules, now).await?;
    call.audit("package.bind", &package, json!({ "module": path }));
    call.finish_empty().await
}

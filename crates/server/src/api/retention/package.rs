//! `GET`, `PUT` and `DELETE /api/v1/packages/{package}/retention`

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use packhorse_model::PackageName;
use packhorse_model::api::retention::{PackageRetention, SetRetention, StoredRetention};
use packhorse_model::problem::Problem;
use packhorse_store::{packages, retention};
use serde_json::json;

use super::check;
use crate::access::{Caller, CallerTx};
use crate::api::packages::not_found;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;
use crate::retention::of_package;

/// The rule of a package, and where it is from.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/retention", operation_id = "get_package_retention", tag = "packages",
    params(("package" = PackageName, Path)),
    responses((status = 200, body = PackageRetention), (status = "4XX", body = Problem)),
)]
pub(crate) async fn get(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
) -> Result<Json<PackageRetention>, ApiError> {
    let mut reader = app.store.read().await?;
    let stored = packages::by_name(&mut reader, &package).await?.ok_or_else(|| not_found(&package))?;
    Ok(Json(of_package(&mut reader, stored.id).await?))
}

/// Gives a package a rule of its own, or says that all its versions are kept. It is applied once a day.
#[utoipa::path(
    put, path = "/api/v1/packages/{package}/retention", operation_id = "set_package_retention", tag = "packages",
    params(("package" = PackageName, Path)), request_body = SetRetention,
    responses((status = 200, body = PackageRetention), (status = "4XX", body = Problem)),
)]
pub(crate) async fn set(
    Path(package): Path<PackageName>,
    mut call: CallerTx<SetRetention>,
) -> Result<Response, ApiError> {
    check(&call.input)?;
    let stored = packages::lock(call.conn(), &package).await?.ok_or_else(|| not_found(&package))?;
    let before = of_package(call.conn(), stored.id).await?;
    let said =
        StoredRetention { rule: call.input.rule.clone(), updated_by: call.caller.name.clone(), updated_at: call.now };
    retention::set_package(call.conn(), stored.id, &said).await?;
    call.audit("retention.update", &package, json!({ "before": before.rule, "after": said.rule }));
    let reply = of_package(call.conn(), stored.id).await?;
    call.finish(StatusCode::OK, &reply).await
}

/// Takes the package's own rule away: that of the site holds again.
#[utoipa::path(
    delete, path = "/api/v1/packages/{package}/retention", operation_id = "clear_package_retention", tag = "packages",
    params(("package" = PackageName, Path)),
    responses((status = 204, description = "It has none."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn clear(Path(package): Path<PackageName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let stored = packages::lock(call.conn(), &package).await?.ok_or_else(|| not_found(&package))?;
    let before = of_package(call.conn(), stored.id).await?;
    if retention::clear_package(call.conn(), stored.id).await? {
        let after = of_package(call.conn(), stored.id).await?;
        call.audit("retention.clear", &package, json!({ "before": before.rule, "after": after.rule }));
    }
    call.finish_empty().await
}

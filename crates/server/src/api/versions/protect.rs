//! `POST /api/v1/packages/{package}/versions/{version}/protect` and `…/unprotect`

use axum::response::Response;
use http::StatusCode;
use packhorse_model::api::packages::VersionDetail;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::{packages, version_states, versions};
use serde_json::json;

use super::missing;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

type Named = (PackageName, VersionNumber);

/// Protects a version: no rule deletes it, and no person until this is taken back.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/protect", operation_id = "protect_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn protect(Path(name): Path<Named>, call: CallerTx) -> Result<Response, ApiError> {
    change(call, name, "version.protect", true).await
}

/// Lets a protected version be deleted again.
#[utoipa::path(
    post, path = "/api/v1/packages/{package}/versions/{version}/unprotect", operation_id = "unprotect_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn unprotect(Path(name): Path<Named>, call: CallerTx) -> Result<Response, ApiError> {
    change(call, name, "version.unprotect", false).await
}

async fn change(
    mut call: CallerTx,
    (package, version): Named,
    action: &'static str,
    is_protected: bool,
) -> Result<Response, ApiError> {
    packages::lock(call.conn(), &package).await?.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let Some(mut found) = versions::get(call.conn(), &package, &version).await? else {
        return Err(missing(call.conn(), &package, &version).await?);
    };
    let summary = &mut found.detail.summary;
    if version_states::protect(call.conn(), summary.id, is_protected).await? {
        summary.is_protected = is_protected;
        call.audit(action, format!("{package}@{version}"), json!({}));
    }
    call.finish(StatusCode::OK, &found.detail).await
}

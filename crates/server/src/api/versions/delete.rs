//! `DELETE /api/v1/packages/{package}/versions/{version}` and `DELETE /api/v1/packages/{package}`

use axum::response::Response;
use packhorse_model::ids::PackageId;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::{collection, packages, version_states, versions};
use serde_json::json;

use super::missing;
use crate::access::CallerTx;
use crate::error::ApiError;
use crate::extract::Path;

/// Hosts that a refusal names.
const NAMED: u32 = 5;

/// Deletes a version that no host runs or could be put back to, and no open deployment names. Its number may come back with the same
/// content only. What becomes free on disk is removed by the collection of garbage.
#[utoipa::path(
    delete, path = "/api/v1/packages/{package}/versions/{version}", operation_id = "delete_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 204, description = "It is deleted."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn version(
    Path((package, version)): Path<(PackageName, VersionNumber)>,
    mut call: CallerTx,
) -> Result<Response, ApiError> {
    let hold = collection::hold(call.conn()).await?;
    let stored = packages::lock(call.conn(), &package).await?;
    let stored = stored.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let Some(found) = versions::get(call.conn(), &package, &version).await? else {
        return Err(missing(call.conn(), &package, &version).await?);
    };
    let (id, now, by) = (found.detail.summary.id, call.now, call.caller.name.clone());
    let named = format!("{package}@{version}");
    if found.detail.summary.is_protected {
        return Err(ApiError::conflict("version_protected", format!("{named} is protected"))
            .hint(format!("`packhorse package unprotect {named}` takes that back")));
    }
    refuse_in_use(&mut call, stored.id, Some(&version), &named).await?;
    version_states::delete(call.conn(), &hold, stored.id, Some(id), &by, now).await?;
    packages::refresh(call.conn(), stored.id, now).await?;
    call.audit("version.delete", &named, json!({ "tree": found.detail.summary.tree }));
    call.finish_empty().await
}

/// Deletes a package with all its versions, if none of them is on a host and no deployment of it is open.
#[utoipa::path(
    delete, path = "/api/v1/packages/{package}", operation_id = "delete_package", tag = "packages",
    params(("package" = PackageName, Path)),
    responses((status = 204, description = "It is deleted."), (status = "4XX", body = Problem)),
)]
pub(crate) async fn package(Path(package): Path<PackageName>, mut call: CallerTx) -> Result<Response, ApiError> {
    let hold = collection::hold(call.conn()).await?;
    let stored = packages::lock(call.conn(), &package).await?;
    let stored = stored.ok_or_else(|| crate::api::packages::not_found(&package))?;
    if let Some(version) = version_states::first_protected(call.conn(), stored.id).await? {
        return Err(ApiError::conflict("version_protected", format!("{package}@{version} is protected"))
            .hint(format!("`packhorse package unprotect {package}@{version}` takes that back")));
    }
    refuse_in_use(&mut call, stored.id, None, package.as_str()).await?;
    let (now, by) = (call.now, call.caller.name.clone());
    let gone = version_states::delete(call.conn(), &hold, stored.id, None, &by, now).await?;
    version_states::hide_package(call.conn(), stored.id, now).await?;
    call.audit("package.delete", &package, json!({ "versions": gone }));
    call.finish_empty().await
}

async fn refuse_in_use(
    call: &mut CallerTx,
    package: PackageId,
    version: Option<&VersionNumber>,
    named: &str,
) -> Result<(), ApiError> {
    let holders = version_states::holders(call.conn(), package, version, NAMED).await?;
    if holders.total > 0 {
        let mut hosts = holders.first.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let more = holders.total.saturating_sub(holders.first.len() as u64);
        if more > 0 {
            hosts.push_str(&format!(" and {more} more"));
        }
        return Err(ApiError::conflict(
            "has_instances",
            format!("{named} is on {} hosts, as current or previous version", holders.total),
        )
        .detail(hosts)
        .hint("bring these hosts to other versions, or uninstall the instances, and try again"));
    }
    match version_states::open_deployment(call.conn(), package, version).await? {
        Some(deployment) => {
            Err(ApiError::conflict("deployment_open", format!("deployment {deployment} of {named} is open"))
                .hint("wait for its end, or abort it"))
        }
        None => Ok(()),
    }
}

//! Versions of packages.

mod archive;
mod full;
mod get;
mod list;
mod metadata;
mod tree;

use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::versions::{self, StoredVersion};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(get::handler))
        .routes(routes!(archive::handler))
        .routes(routes!(tree::handler))
        .routes(routes!(full::handler))
        .routes(routes!(metadata::handler))
}

/// The version, or an error that says whether it is the package or the number that is not there.
async fn find(app: &App, package: &PackageName, version: &VersionNumber) -> Result<StoredVersion, ApiError> {
    let mut reader = app.store.read().await?;
    if let Some(found) = versions::get(&mut reader, package, version).await? {
        return Ok(found);
    }
    if packhorse_store::packages::by_name(&mut reader, package).await?.is_none() {
        return Err(super::packages::not_found(package));
    }
    Err(ApiError::not_found("version", format!("{package}@{version}"))
        .hint(format!("`packhorse package show {package}` lists its versions")))
}

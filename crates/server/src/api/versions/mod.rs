//! Versions of packages.

mod archive;
mod compare;
mod delete;
mod file;
mod findings;
mod full;
mod get;
mod list;
mod metadata;
mod packed;
mod protect;
mod state;
mod tree;
mod variables;

use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::Conn;
use packhorse_store::versions::{self, StoredVersion};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;
use crate::error::ApiError;

pub(crate) use packed::Form;

pub(super) fn router() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(get::handler))
        .routes(routes!(archive::handler))
        .routes(routes!(tree::handler))
        .routes(routes!(variables::handler))
        .routes(routes!(findings::handler))
        .routes(routes!(full::handler))
        .routes(routes!(metadata::handler))
        .routes(routes!(compare::handler))
        .routes(routes!(file::handler))
        .routes(routes!(delete::version))
        .routes(routes!(delete::package))
        .routes(routes!(protect::protect))
        .routes(routes!(protect::unprotect))
        .routes(routes!(state::yank))
        .routes(routes!(state::unyank))
        .routes(routes!(state::ban))
        .routes(routes!(state::unban))
}

/// The version, or an error that says whether it is the package or the number that is not there.
pub(super) async fn find(app: &App, package: &PackageName, version: &VersionNumber) -> Result<StoredVersion, ApiError> {
    let mut reader = app.store.read().await?;
    if let Some(found) = versions::get(&mut reader, package, version).await? {
        return Ok(found);
    }
    Err(missing(&mut reader, package, version).await?)
}

async fn missing(conn: &mut Conn, package: &PackageName, version: &VersionNumber) -> Result<ApiError, ApiError> {
    if packhorse_store::packages::by_name(conn, package).await?.is_none() {
        return Ok(super::packages::not_found(package));
    }
    Ok(ApiError::not_found("version", format!("{package}@{version}"))
        .hint(format!("`packhorse package show {package}` lists its versions")))
}

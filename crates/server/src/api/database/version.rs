//! `GET /api/v1/packages/{package}/versions/{version}/database`

use axum::Json;
use axum::extract::State;
use packhorse_content::database;
use packhorse_content::inspect::file_paths;
use packhorse_model::api::database::VersionDatabase;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::database_structures;

use crate::access::Caller;
use crate::api::versions;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::Library;

/// Shows what a version of a database package consists of, and what should be better about it.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/database", operation_id = "get_version_database", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionDatabase), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
) -> Result<Json<VersionDatabase>, ApiError> {
    let found = versions::find(&app, &package, &version).await?;
    let summary = &found.detail.summary;
    if database_structures::get(&mut *app.store.read().await?, summary.id).await?.is_none() {
        return Err(ApiError::not_found(
            "database",
            format!("in {package}@{version}, which is of no database package"),
        )
        .hint("a package whose name ends in -db is a database package"));
    }
    let library = Library::new(app.store.clone(), app.objects.clone());
    let (digest, size) = (summary.tree, found.content.tree_size);
    let tree = tokio::task::spawn_blocking(move || library.tree(&digest, size)).await.map_err(ApiError::internal)?;
    let tree = tree.map_err(ApiError::internal)?;
    let spec = found.detail.manifest.database.as_ref();
    let from = spec.and_then(|spec| spec.from.as_deref());
    let (structure, findings) = database::structure(file_paths(&tree), &version, from);
    Ok(Json(VersionDatabase { structure, engine: spec.map(|spec| spec.engine), findings }))
}

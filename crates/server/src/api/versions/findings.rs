//! `GET /api/v1/packages/{package}/versions/{version}/findings`

use axum::Json;
use axum::extract::State;
use packhorse_content::inspect::{Subject, inspect};
use packhorse_model::api::packages::VersionFindings;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Path;
use crate::objects::{Library, StoredFiles};

/// What should be better about a version, by the rules of today: they may have changed since it was published.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/findings", operation_id = "list_version_findings", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionFindings), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
) -> Result<Json<VersionFindings>, ApiError> {
    let stored = find(&app, &package, &version).await?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let rules = danger::rule_set(&app).await?;
    let looked = tokio::task::spawn_blocking(move || {
        let tree = library.tree(&stored.detail.summary.tree, stored.content.tree_size)?;
        let subject = Subject {
            tree: &tree,
            payload: None,
            package: Some(&package),
            version: Some(&version),
            kind: None,
            format: None,
            jar_manifest: None,
        };
        inspect(&subject, &rules, &mut StoredFiles::new(&library))
    });
    let inspection = looked.await.map_err(ApiError::internal)?.map_err(ApiError::content)?;
    Ok(Json(VersionFindings { findings: inspection.findings }))
}

//! `GET /api/v1/packages/{package}/versions/{version}/metadata`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::objects::VersionMetadata;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::objects;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// The sixteen attributes of a version, and where each is from; also of one that is only registered.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/metadata", operation_id = "get_version_metadata", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionMetadata), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
) -> Result<Json<VersionMetadata>, ApiError> {
    let found = objects::of_version(&mut *app.store.read().await?, &package, &version).await?;
    let object = found.ok_or_else(|| {
        ApiError::not_found("version", format!("{package}@{version}"))
            .hint(format!("`packhorse package show {package}` lists its versions"))
    })?;
    let attributes = crate::api::objects::metadata(&object);
    Ok(Json(VersionMetadata { attributes, has_content: object.content.is_some() }))
}

//! `GET /api/v1/packages/{package}/versions/{version}`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::packages::VersionDetail;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows a version.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}", operation_id = "get_version", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path)),
    responses((status = 200, body = VersionDetail), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
) -> Result<Json<VersionDetail>, ApiError> {
    find(&app, &package, &version).await.map(|found| Json(found.detail))
}

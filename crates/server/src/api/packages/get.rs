//! `GET /api/v1/packages/{package}`

use axum::Json;
use axum::extract::State;
use http::header::ETAG;
use http::{HeaderName, HeaderValue};
use packhorse_model::PackageName;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::problem::Problem;
use packhorse_store::packages;

use super::edit::entity_tag;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Path;

/// Shows a package. Its `ETag` is what an edit takes as `If-Match`.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}", operation_id = "get_package", tag = "packages",
    params(("package" = PackageName, Path)),
    responses((status = 200, body = PackageSummary), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<PackageSummary>), ApiError> {
    let found = packages::get(&mut *app.store.read().await?, &package).await?;
    let found = found.ok_or_else(|| not_found(&package))?;
    Ok(([(ETAG, entity_tag(&found)?)], Json(found)))
}

/// There is no package of this name.
pub(crate) fn not_found(package: &PackageName) -> ApiError {
    ApiError::not_found("package", package).hint("`packhorse package list` shows what there is")
}

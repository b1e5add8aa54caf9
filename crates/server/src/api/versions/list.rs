//! `GET /api/v1/packages/{package}/versions`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::packages::VersionSummary;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber, VersionState};
use packhorse_store::{packages, versions};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// What the list shows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only versions that stand here.
    state: Option<VersionState>,
}

/// Lists the versions of a package, the highest first.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions", operation_id = "list_versions", tag = "packages",
    params(("package" = PackageName, Path), Filter, PageQuery),
    responses((status = 200, body = Page<VersionSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VersionSummary>>, ApiError> {
    let before = page.after::<VersionNumber>()?;
    let mut reader = app.store.read().await?;
    let found = packages::by_name(&mut reader, &package).await?;
    let found = found.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let rows = versions::list(&mut reader, found.id, filter.state, before.as_ref(), page.limit() + 1).await?;
    let total = versions::count(&mut reader, found.id, filter.state).await?;
    Ok(Json(page.page(rows, total, |last| last.version.to_string())))
}

//! `GET /api/v1/packages/{package}/versions/{version}/variables`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::variables::{Certainty, FoundVariable};
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, VersionNumber};
use packhorse_store::version_variables;
use serde::Deserialize;

use super::find;
use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// Which list is asked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Variables, or what only looks like one; variables if not said.
    #[param(inline)]
    #[serde(default)]
    which: Certainty,
}

/// Lists the variables in a version's files, by path and line, or what only looks like one, each with why.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions/{version}/variables", operation_id = "list_variables", tag = "packages",
    params(("package" = PackageName, Path), ("version" = VersionNumber, Path), Which, PageQuery),
    responses((status = 200, body = Page<FoundVariable>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path((package, version)): Path<(PackageName, VersionNumber)>,
    Query(Which { which }): Query<Which>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<FoundVariable>>, ApiError> {
    let after = page.after::<u32>()?.unwrap_or(0);
    let id = find(&app, &package, &version).await?.detail.summary.id;
    let mut reader = app.store.read().await?;
    let rows = version_variables::list(&mut reader, id, which, after.into(), page.limit() + 1).await?;
    let total = version_variables::count(&mut reader, id, which).await?;
    let page = page.page(rows, total, |(number, _)| number.to_string());
    let Page { items, next, total, counted } = page;
    Ok(Json(Page { items: items.into_iter().map(|(_, found)| found).collect(), next, total, counted }))
}

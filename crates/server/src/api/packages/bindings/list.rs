//! `GET /api/v1/packages/{package}/bindings`

use axum::Json;
use axum::extract::State;
use packhorse_model::PackageName;
use packhorse_model::api::Page;
use packhorse_model::api::bindings::Binding;
use packhorse_model::problem::Problem;
use packhorse_model::topology::ModulePath;
use packhorse_store::bindings;

use crate::access::Caller;
use crate::app::App;
use crate::engine::inventory;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::PageQuery;

/// The modules that a package is bound to, by path.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/bindings", operation_id = "list_bindings", tag = "packages",
    params(("package" = PackageName, Path), PageQuery),
    responses((status = 200, body = Page<Binding>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Binding>>, ApiError> {
    let after: Option<ModulePath> = page.after()?;
    let mut reader = app.store.read().await?;
    let package = inventory::package(&mut reader, &package).await?.id;
    let rows = bindings::list(&mut reader, package, after.as_ref(), page.limit() + 1).await?;
    let total = bindings::count(&mut reader, package).await?;
    Ok(Json(page.page(rows, total, |last| last.module.to_string())))
}

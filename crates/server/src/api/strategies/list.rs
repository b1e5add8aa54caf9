//! `GET /api/v1/strategies`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::strategies::NamedStrategy;
use packhorse_model::problem::Problem;
use packhorse_store::strategies;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Strategies by name.
#[utoipa::path(
    get, path = "/api/v1/strategies", operation_id = "list_strategies", tag = "strategies",
    params(PageQuery),
    responses((status = 200, body = Page<NamedStrategy>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<NamedStrategy>>, ApiError> {
    let mut reader = app.store.read().await?;
    let rows = strategies::page(&mut reader, page.after()?.as_ref(), page.limit() + 1).await?;
    let total = strategies::count(&mut reader).await?;
    Ok(Json(page.page(rows, total, |last| last.name.to_string())))
}

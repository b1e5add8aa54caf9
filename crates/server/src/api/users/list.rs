//! `GET /api/v1/users`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::users::UserSummary;
use packhorse_model::problem::Problem;
use packhorse_store::users;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Users by name.
#[utoipa::path(
    get, path = "/api/v1/users", operation_id = "list_users", tag = "users",
    params(PageQuery),
    responses((status = 200, body = Page<UserSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<UserSummary>>, ApiError> {
    let mut reader = app.store.read().await?;
    let rows = users::page(&mut reader, page.after()?.as_ref(), page.limit() + 1).await?;
    let total = users::count(&mut reader).await?;
    Ok(Json(page.page(rows, total, |last| last.name.to_string())))
}

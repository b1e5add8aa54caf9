//! `GET /api/v1/tokens`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::sessions::TokenSummary;
use packhorse_model::problem::Problem;
use packhorse_store::tokens;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// The caller's API tokens, newest first.
#[utoipa::path(
    get, path = "/api/v1/tokens", operation_id = "list_tokens", tag = "tokens",
    params(PageQuery),
    responses((status = 200, body = Page<TokenSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<TokenSummary>>, ApiError> {
    let mut reader = app.store.read().await?;
    let rows = tokens::list(&mut reader, caller.user, page.after()?, page.limit() + 1).await?;
    let total = tokens::count(&mut reader, caller.user).await?;
    Ok(Json(page.page(rows, total, |last| last.id.to_string())))
}

//! `GET /api/v1/audit`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::overview::AuditEntry;
use packhorse_model::problem::Problem;
use packhorse_store::audit;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// The audit log, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "list_audit", tag = "audit",
    params(PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    let mut reader = app.store.read().await?;
    let rows = audit::list(&mut reader, page.after()?, page.limit() + 1).await?;
    let total = audit::count(&mut reader).await?;
    Ok(Json(page.page(rows, total, |last| last.sequence.to_string())))
}

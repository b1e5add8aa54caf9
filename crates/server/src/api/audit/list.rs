//! `GET /api/v1/audit`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use packhorse_model::api::Page;
use packhorse_model::api::overview::AuditEntry;
use packhorse_model::problem::Problem;
use packhorse_store::audit;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only of this actor: `user:admin`, `token:ci`, `host:web-1`, `engine`.
    actor: Option<String>,
    /// Only of this action: `deployment.retry`.
    action: Option<String>,
    /// Only about this object: `shop-web@1.0.0`.
    object: Option<String>,
    /// Only at this time or later.
    since: Option<Timestamp>,
    /// Only before this time.
    until: Option<Timestamp>,
}

/// The audit log, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit", operation_id = "list_audit", tag = "audit",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<AuditEntry>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<AuditEntry>>, ApiError> {
    let Filter { actor, action, object, since, until } = filter;
    let filter = audit::Filter { actor, action, object, since, until };
    let mut reader = app.store.read().await?;
    let rows = audit::list(&mut reader, &filter, page.after()?, page.limit() + 1).await?;
    let total = audit::count(&mut reader, &filter).await?;
    Ok(Json(page.page(rows, total, |last| last.sequence.to_string())))
}

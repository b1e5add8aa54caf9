//! `GET /api/v1/locks`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::guard_rails::Lock;
use packhorse_model::ids::LockId;
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Locks, the oldest first.
#[utoipa::path(
    get, path = "/api/v1/locks", operation_id = "list_locks", tag = "guard rails",
    params(PageQuery),
    responses((status = 200, body = Page<Lock>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Lock>>, ApiError> {
    let after = page.after::<LockId>()?;
    // There are few of them, and all are read for every decision anyway.
    let mut locks = guard_rails::locks(&mut *app.store.read().await?).await?;
    let total = locks.len() as u64;
    locks.retain(|lock| after.is_none_or(|after| lock.id > after));
    locks.truncate(page.limit() as usize + 1);
    Ok(Json(page.page(locks, total, |last| last.id.to_string())))
}

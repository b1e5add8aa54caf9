//! `GET /api/v1/freezes`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::guard_rails::Freeze;
use packhorse_model::name::FreezeName;
use packhorse_model::problem::Problem;
use packhorse_store::guard_rails;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Freezes by name, with those marked that hold now.
#[utoipa::path(
    get, path = "/api/v1/freezes", operation_id = "list_freezes", tag = "guard rails",
    params(PageQuery),
    responses((status = 200, body = Page<Freeze>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Freeze>>, ApiError> {
    let (now, after) = (app.clock.now(), page.after::<FreezeName>()?);
    // There are few of them, and all are read for every decision anyway.
    let mut freezes = guard_rails::freezes(&mut *app.store.read().await?).await?;
    let total = freezes.len() as u64;
    freezes.retain(|freeze| after.as_ref().is_none_or(|after| freeze.name > *after));
    freezes.truncate(page.limit() as usize + 1);
    for freeze in &mut freezes {
        freeze.holds_until = freeze.schedule.holds_until(now);
    }
    Ok(Json(page.page(freezes, total, |last| last.name.to_string())))
}

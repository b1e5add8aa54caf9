//! `GET /api/v1/danger-rules`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::scripts::DangerRule;
use packhorse_model::name::DangerRuleName;
use packhorse_model::problem::Problem;

use crate::access::Caller;
use crate::app::App;
use crate::danger;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Lists the danger rules by name, those that come with Packhorse and the site's own.
#[utoipa::path(
    get, path = "/api/v1/danger-rules", operation_id = "list_danger_rules", tag = "scripts",
    params(PageQuery),
    responses((status = 200, body = Page<DangerRule>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<DangerRule>>, ApiError> {
    let after = page.after::<DangerRuleName>()?;
    let mut rules = danger::all(&mut *app.store.read().await?).await?;
    let total = rules.len() as u64;
    rules.retain(|rule| after.as_ref().is_none_or(|after| rule.name > *after));
    Ok(Json(page.page(rules, total, |last| last.name.to_string())))
}

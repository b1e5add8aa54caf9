//! `GET /api/v1/drafts`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use packhorse_model::PackageName;
use packhorse_model::api::Page;
use packhorse_model::api::drafts::{Draft, DraftState};
use packhorse_model::ids::DraftId;
use packhorse_model::problem::Problem;
use packhorse_store::drafts;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// Which drafts.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only those of this package.
    #[param(value_type = Option<String>)]
    package: Option<PackageName>,
    /// In this state; open ones if not said.
    #[param(value_type = Option<DraftState>)]
    state: Option<DraftState>,
}

/// Lists drafts, the last changed first.
#[utoipa::path(
    get, path = "/api/v1/drafts", operation_id = "list_drafts", tag = "drafts",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<Draft>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Draft>>, ApiError> {
    let state = filter.state.unwrap_or(DraftState::Open);
    let before = page.after::<Place>()?.map(|place| (place.0, place.1));
    let mut reader = app.store.read().await?;
    let rows = drafts::list(&mut reader, state, filter.package.as_ref(), before, page.limit() + 1).await?;
    let total = drafts::count(&mut reader, state, filter.package.as_ref()).await?;
    Ok(Json(page.page(rows, total, |last| format!("{} {}", last.updated_at, last.id))))
}

/// Where a page begins.
struct Place(Timestamp, DraftId);

impl std::str::FromStr for Place {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (time, id) = text.split_once(' ').ok_or(())?;
        Ok(Self(time.parse().map_err(drop)?, id.parse().map_err(drop)?))
    }
}

//! `GET /api/v1/packages`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use packhorse_model::PackageKind;
use packhorse_model::api::Page;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::ids::PackageId;
use packhorse_model::problem::Problem;
use packhorse_store::packages::{self, PackageFilter, PackageOrder};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// What the list shows, and in which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Text in name, description or creator.
    search: Option<String>,
    /// Only packages of this kind.
    kind: Option<PackageKind>,
    /// The order.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
}

/// The order of the list.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// By name.
    #[default]
    Name,
    /// The last changed first.
    Newest,
}

/// Lists packages.
#[utoipa::path(
    get, path = "/api/v1/packages", operation_id = "list_packages", tag = "packages",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<PackageSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PackageSummary>>, ApiError> {
    let order = match filter.sort {
        Sort::Name => PackageOrder::Name(page.after::<String>()?),
        Sort::Newest => PackageOrder::Newest(page.after::<NewestKey>()?.map(|key| (key.time, key.id))),
    };
    let search = filter.search.filter(|text| !text.trim().is_empty()).map(|text| text.trim().to_owned());
    let narrow = PackageFilter { search, kind: filter.kind };
    let mut reader = app.store.read().await?;
    let rows = packages::list(&mut reader, &narrow, &order, page.limit() + 1).await?;
    let total = packages::count(&mut reader, &narrow).await?;
    Ok(Json(page.page(rows, total, |last| match filter.sort {
        Sort::Name => last.name.to_string(),
        Sort::Newest => NewestKey { time: last.updated_at, id: last.id }.to_string(),
    })))
}

/// Where a page of the newest ended.
struct NewestKey {
    time: Timestamp,
    id: PackageId,
}

impl std::fmt::Display for NewestKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.time.as_microsecond(), self.id)
    }
}

impl std::str::FromStr for NewestKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (time, id) = text.split_once(' ').ok_or(())?;
        let time = time.parse().ok().and_then(|time| Timestamp::from_microsecond(time).ok()).ok_or(())?;
        Ok(Self { time, id: id.parse().map_err(|_| ())? })
    }
}

//! `GET /api/v1/packages/{package}/versions`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::packages::VersionSummary;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageName, UserName, VersionState};
use packhorse_store::package_list::Direction;
use packhorse_store::packages;
use packhorse_store::version_list::{self, VersionFilter, VersionKey, VersionOrder, Whereabouts};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Path, Query};
use crate::paging::{PageQuery, bad_cursor};

/// What the list shows, and in which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only versions with this text in number, build or description.
    search: Option<String>,
    /// Only versions that stand here.
    state: Option<VersionState>,
    /// Only versions that this person pushed.
    creator: Option<UserName>,
    /// `true`: only versions that are on a host; `false`: only those that are on none.
    deployed: Option<bool>,
    /// The order.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
}

/// The order of the list; with a minus, the highest first.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
enum Sort {
    #[serde(rename = "version")]
    Number,
    #[default]
    #[serde(rename = "-version")]
    NumberDown,
    #[serde(rename = "created")]
    Created,
    #[serde(rename = "-created")]
    CreatedDown,
    #[serde(rename = "size")]
    Size,
    #[serde(rename = "-size")]
    SizeDown,
}

impl From<Sort> for VersionOrder {
    fn from(sort: Sort) -> Self {
        let (key, direction) = match sort {
            Sort::Number => (VersionKey::Number, Direction::Up),
            Sort::NumberDown => (VersionKey::Number, Direction::Down),
            Sort::Created => (VersionKey::Created, Direction::Up),
            Sort::CreatedDown => (VersionKey::Created, Direction::Down),
            Sort::Size => (VersionKey::Size, Direction::Up),
            Sort::SizeDown => (VersionKey::Size, Direction::Down),
        };
        Self { key, direction }
    }
}

/// Lists the versions of a package, the highest first if no order is said. `total` is exact for short lists; where `counted` is `at_least`, counting
/// stopped there.
#[utoipa::path(
    get, path = "/api/v1/packages/{package}/versions", operation_id = "list_versions", tag = "packages",
    params(("package" = PackageName, Path), Filter, PageQuery),
    responses((status = 200, body = Page<VersionSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Path(package): Path<PackageName>,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<VersionSummary>>, ApiError> {
    let order = VersionOrder::from(filter.sort);
    let after = match page.after::<String>()? {
        None => None,
        Some(text) => Some(order.place(&text).ok_or_else(bad_cursor)?),
    };
    let narrow = VersionFilter {
        search: filter.search.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()),
        state: filter.state,
        creator: filter.creator,
        whereabouts: filter.deployed.map(|is| if is { Whereabouts::OnHosts } else { Whereabouts::Nowhere }),
    };
    let mut reader = app.store.read().await?;
    let found = packages::by_name(&mut reader, &package).await?;
    let found = found.ok_or_else(|| crate::api::packages::not_found(&package))?;
    let rows = version_list::page(&mut reader, found.id, &narrow, order, after, page.limit() + 1).await?;
    let total = version_list::count(&mut reader, found.id, &narrow).await?;
    Ok(Json(page.page(rows, total, |last| order.cursor(last))))
}

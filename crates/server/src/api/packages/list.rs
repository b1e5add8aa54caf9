//! `GET /api/v1/packages`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::packages::PackageSummary;
use packhorse_model::problem::Problem;
use packhorse_model::{PackageKind, UserName};
use packhorse_store::package_list::{self, Direction, PackageFilter, PackageKey, PackageOrder};
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::{PageQuery, bad_cursor};

/// Tags and attributes that one request may ask for.
const MOST_CONDITIONS: usize = 16;

/// What the list shows, and in which order.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Words in name, description, creator or tags: the beginning of each, any part of a name, any two Chinese characters.
    search: Option<String>,
    /// Only packages of this kind.
    kind: Option<PackageKind>,
    /// Only packages that this person made.
    creator: Option<UserName>,
    /// The order.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
}

/// The order of the list; with a minus, the highest first.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
enum Sort {
    #[default]
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "-name")]
    NameDown,
    #[serde(rename = "updated")]
    Updated,
    #[serde(rename = "-updated", alias = "newest")]
    UpdatedDown,
    #[serde(rename = "created")]
    Created,
    #[serde(rename = "-created")]
    CreatedDown,
    #[serde(rename = "versions")]
    Versions,
    #[serde(rename = "-versions")]
    VersionsDown,
    #[serde(rename = "instances")]
    Instances,
    #[serde(rename = "-instances")]
    InstancesDown,
    #[serde(rename = "kind")]
    Kind,
    #[serde(rename = "-kind")]
    KindDown,
}

impl From<Sort> for PackageOrder {
    fn from(sort: Sort) -> Self {
        let (key, direction) = match sort {
            Sort::Name => (PackageKey::Name, Direction::Up),
            Sort::NameDown => (PackageKey::Name, Direction::Down),
            Sort::Updated => (PackageKey::Updated, Direction::Up),
            Sort::UpdatedDown => (PackageKey::Updated, Direction::Down),
            Sort::Created => (PackageKey::Created, Direction::Up),
            Sort::CreatedDown => (PackageKey::Created, Direction::Down),
            Sort::Versions => (PackageKey::Versions, Direction::Up),
            Sort::VersionsDown => (PackageKey::Versions, Direction::Down),
            Sort::Instances => (PackageKey::Instances, Direction::Up),
            Sort::InstancesDown => (PackageKey::Instances, Direction::Down),
            Sort::Kind => (PackageKey::Kind, Direction::Up),
            Sort::KindDown => (PackageKey::Kind, Direction::Down),
        };
        Self { key, direction }
    }
}

/// Lists packages. `total` is exact for short lists; where `counted` is `at_least`, counting stopped there.
#[utoipa::path(
    get, path = "/api/v1/packages", operation_id = "list_packages", tag = "packages",
    params(
        Filter, PageQuery,
        ("tag" = Option<Vec<String>>, Query, description = "Only packages with this tag; more than one must all be there."),
        ("meta.KEY" = Option<String>, Query, description = "Only packages whose latest version has the attribute KEY with this value: `meta.arch=x86_64`."),
    ),
    responses((status = 200, body = Page<PackageSummary>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(all): Query<Vec<(String, String)>>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<PackageSummary>>, ApiError> {
    let order = PackageOrder::from(filter.sort);
    let after = match page.after::<String>()? {
        None => None,
        Some(text) => Some(order.place(&text).ok_or_else(bad_cursor)?),
    };
    let narrow = narrow(filter, all)?;
    let mut reader = app.store.read().await?;
    let (rows, total) = package_list::page(&mut reader, &narrow, order, after.as_ref(), page.limit() + 1).await?;
    Ok(Json(page.page(rows, total, |last| order.cursor(last))))
}

/// The filter with what stands in the query more than once, or under a name of the caller's.
fn narrow(filter: Filter, all: Vec<(String, String)>) -> Result<PackageFilter, ApiError> {
    let (mut tags, mut metadata) = (Vec::new(), Vec::new());
    for (name, value) in all {
        if name == "tag" {
            tags.push(value);
        } else if let Some(key) = name.strip_prefix("meta.") {
            metadata.push((key.to_owned(), value));
        }
    }
    if tags.len() + metadata.len() > MOST_CONDITIONS {
        return Err(ApiError::bad_request(
            "too_many_filters",
            format!("a list takes {MOST_CONDITIONS} tags and attributes at most"),
        )
        .hint("ask for fewer, and look among what is found"));
    }
    let search = filter.search.filter(|text| !text.trim().is_empty());
    Ok(PackageFilter { search, kind: filter.kind, creator: filter.creator, tags, metadata })
}

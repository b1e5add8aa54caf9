//! `GET /api/v1/instances`

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::instances::{DriftSelection, Instance};
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::problem::Problem;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};
use packhorse_store::instances::{self, Drift, HeardSince, InstanceKey, InstanceOrder, Within};
use packhorse_store::package_list::Direction;
use packhorse_store::topology;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::{PageQuery, bad_cursor};
use crate::presence;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Filter {
    /// Only of this package.
    package: Option<PackageName>,
    /// Only on hosts of this module.
    module: Option<ModulePath>,
    /// Only on this host.
    host: Option<HostName>,
    /// Only of this version.
    version: Option<VersionNumber>,
    /// Only in this state.
    state: Option<InstanceState>,
    /// Only of this health.
    health: Option<Health>,
    /// Only on hosts of this business.
    business: Option<TopologyName>,
    /// Only on hosts of systems of this name.
    system: Option<TopologyName>,
    /// Only on hosts of systems that are for this.
    environment: Option<Environment>,
    /// Only those of which files differ from what was deployed, or only the others.
    drift: Option<DriftSelection>,
    /// The order.
    #[serde(default)]
    #[param(inline)]
    sort: Sort,
}

/// The order of the list; with a minus, the other way round. What is equal goes by host and package.
#[derive(Debug, Clone, Copy, Default, Deserialize, utoipa::ToSchema)]
enum Sort {
    #[default]
    #[serde(rename = "host")]
    Host,
    #[serde(rename = "-host")]
    HostDown,
    #[serde(rename = "package")]
    Package,
    #[serde(rename = "-package")]
    PackageDown,
    #[serde(rename = "version")]
    Version,
    #[serde(rename = "-version")]
    VersionDown,
    #[serde(rename = "state")]
    State,
    #[serde(rename = "-state")]
    StateDown,
    #[serde(rename = "health")]
    Health,
    #[serde(rename = "-health")]
    HealthDown,
    #[serde(rename = "since")]
    Since,
    #[serde(rename = "-since")]
    SinceDown,
}

impl From<Sort> for InstanceOrder {
    fn from(sort: Sort) -> Self {
        let (key, direction) = match sort {
            Sort::Host => (InstanceKey::Host, Direction::Up),
            Sort::HostDown => (InstanceKey::Host, Direction::Down),
            Sort::Package => (InstanceKey::Package, Direction::Up),
            Sort::PackageDown => (InstanceKey::Package, Direction::Down),
            Sort::Version => (InstanceKey::Version, Direction::Up),
            Sort::VersionDown => (InstanceKey::Version, Direction::Down),
            Sort::State => (InstanceKey::State, Direction::Up),
            Sort::StateDown => (InstanceKey::State, Direction::Down),
            Sort::Health => (InstanceKey::Health, Direction::Up),
            Sort::HealthDown => (InstanceKey::Health, Direction::Down),
            Sort::Since => (InstanceKey::Since, Direction::Up),
            Sort::SinceDown => (InstanceKey::Since, Direction::Down),
        };
        Self { key, direction }
    }
}

/// What is on the hosts, by host and package if no other order is wanted.
#[utoipa::path(
    get, path = "/api/v1/instances", operation_id = "list_instances", tag = "instances",
    params(Filter, PageQuery),
    responses((status = 200, body = Page<Instance>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    State(app): State<App>,
    _caller: Caller,
    Query(filter): Query<Filter>,
    Query(page): Query<PageQuery>,
) -> Result<Json<Page<Instance>>, ApiError> {
    let mut reader = app.store.read().await?;
    let module = match &filter.module {
        None => None,
        Some(path) => Some(topology::module(&mut reader, path).await?.ok_or_else(|| {
            ApiError::not_found("module", path).hint("`packhorse topology tree` shows those that there are")
        })?),
    };
    let order = InstanceOrder::from(filter.sort);
    let filter = instances::Filter {
        package: filter.package,
        module,
        host: filter.host,
        version: filter.version,
        state: filter.state,
        health: filter.health,
        within: Within { business: filter.business, system: filter.system, environment: filter.environment },
        drift: filter.drift.map(|drift| match drift {
            DriftSelection::Some => Drift::Some,
            DriftSelection::None => Drift::None,
        }),
    };
    let since = HeardSince(presence::cutoff(app.clock.now(), app.config.host_offline_after));
    let after = match page.after::<String>()? {
        None => None,
        Some(text) => Some(order.place(&text).ok_or_else(bad_cursor)?),
    };
    let (rows, total) =
        instances::sorted_page(&mut reader, &filter, order, since, after.as_ref(), page.limit() + 1).await?;
    Ok(Json(page.page(rows, total, |last| order.cursor(last))))
}

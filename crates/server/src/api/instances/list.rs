//! `GET /api/v1/instances`

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use packhorse_model::api::Page;
use packhorse_model::api::instances::Instance;
use packhorse_model::name::NameError;
use packhorse_model::order::{Health, InstanceState};
use packhorse_model::problem::Problem;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};
use packhorse_store::instances::{self, Drift, HeardSince, Place, Within};
use packhorse_store::topology;
use serde::Deserialize;

use crate::access::Caller;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;
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
    #[param(inline)]
    drift: Option<DriftFilter>,
}

/// Whether files of an instance differ from what was deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DriftFilter {
    /// Some do.
    Some,
    /// None does, as far as its host has looked.
    None,
}

/// Where a page ends, as a cursor: `web-1 shop-web`.
struct Cursor(Place);

impl FromStr for Cursor {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (host, package) = text.split_once(' ').unwrap_or((text, ""));
        Ok(Self(Place { host: host.parse()?, package: package.parse()? }))
    }
}

/// What is on the hosts, by host and package.
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
    let filter = instances::Filter {
        package: filter.package,
        module,
        host: filter.host,
        version: filter.version,
        state: filter.state,
        health: filter.health,
        within: Within { business: filter.business, system: filter.system, environment: filter.environment },
        drift: filter.drift.map(|drift| match drift {
            DriftFilter::Some => Drift::Some,
            DriftFilter::None => Drift::None,
        }),
    };
    let since = HeardSince(presence::cutoff(app.clock.now(), app.config.host_offline_after));
    let after = page.after::<Cursor>()?.map(|cursor| cursor.0);
    let (rows, total) = instances::page(&mut reader, &filter, since, after.as_ref(), page.limit() + 1).await?;
    Ok(Json(page.page(rows, total, |last| format!("{} {}", last.host_name, last.package))))
}

//! `POST /api/v1/deployments/targets`

use std::collections::BTreeMap;

use axum::Json;
use packhorse_model::HostName;
use packhorse_model::api::Page;
use packhorse_model::api::targets::{TargetHost, TargetInstance, TargetQuery};
use packhorse_model::deployment::{DataFate, DeploymentSpec, Targets};
use packhorse_model::problem::Problem;
use packhorse_model::strategy::Strategy;
use packhorse_planner::fleet::{InventoryHost, Outcome, prospects};
use packhorse_store::targets;

use crate::access::CallerRequest;
use crate::engine::inventory::{self, Asker};
use crate::engine::parts::Beside;
use crate::engine::planning;
use crate::error::ApiError;
use crate::extract::Query;
use crate::paging::PageQuery;

/// The hosts at which a deployment would be aimed, by name: what is on each, and why it cannot be chosen. Changes nothing.
#[utoipa::path(
    post, path = "/api/v1/deployments/targets", operation_id = "list_targets", tag = "deployments",
    params(PageQuery), request_body = TargetQuery,
    responses((status = 200, body = Page<TargetHost>), (status = "4XX", body = Problem)),
)]
pub(crate) async fn handler(
    Query(page): Query<PageQuery>,
    request: CallerRequest<TargetQuery>,
) -> Result<Json<Page<TargetHost>>, ApiError> {
    let (app, now, query) = (request.app, request.now, request.input);
    if query.targets.is_empty() {
        return Err(ApiError::invalid("no_targets", "name modules, hosts or labels"));
    }
    let after: Option<HostName> = page.after()?;
    let mut reader = app.store.read().await?;
    let package = inventory::package(&mut reader, &query.package).await?.id;
    let modules = inventory::modules(&mut reader, &query.targets.modules).await?;
    let filter = inventory::filter(&mut reader, &query.targets, &modules).await?;
    let names = targets::names(&mut reader, package, &filter, after.as_ref(), page.limit() + 1).await?;
    let total = targets::count(&mut reader, package, &filter).await?;
    if names.is_empty() {
        return Ok(Json(page.page(Vec::new(), total, |last: &TargetHost| last.host.to_string())));
    }
    let spec = DeploymentSpec {
        action: query.action,
        package: query.package,
        version: query.version,
        also: Vec::new(),
        targets: Targets { hosts: names, ..Targets::default() },
        strategy: Strategy::default(),
        strategy_name: None,
        not_before: None,
        data: DataFate::Keep,
        parameters: BTreeMap::new(),
    };
    let inventory =
        inventory::gather(&app, &mut reader, &spec, &Beside::default(), Asker::Person, now).await?.inventory;
    let found = prospects(&spec, &inventory).map_err(|error| planning::refused(&error))?;
    let mut hosts: BTreeMap<HostName, InventoryHost> =
        inventory.hosts.into_iter().map(|host| (host.name.clone(), host)).collect();
    let row = |outcome: Outcome| hosts.remove(&outcome.host).map(|host| shown(host, outcome));
    let mut rows: Vec<TargetHost> = found.into_iter().filter_map(row).collect();
    rows.sort_by(|a, b| a.host.cmp(&b.host));
    Ok(Json(page.page(rows, total, |last| last.host.to_string())))
}

fn shown(host: InventoryHost, outcome: Outcome) -> TargetHost {
    let (reason, cause) = outcome.exclusion.map(|exclusion| (exclusion.reason, exclusion.cause)).unzip();
    let instance = host.instance.map(|instance| TargetInstance {
        version: instance.current.number,
        previous: instance.previous.map(|previous| previous.number),
        state: instance.state,
        health: instance.health,
    });
    TargetHost {
        host: host.name,
        modules: host.modules,
        labels: host.labels,
        state: host.state,
        instance,
        prospect: outcome.prospect,
        reason,
        cause,
    }
}

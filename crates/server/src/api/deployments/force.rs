//! A retry that insists: also where nobody knows how the last attempt stands, and where the host has another version by now than the plan found.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use packhorse_model::api::deployments::Retry;
use packhorse_model::deployment::{Action, DeploymentSpec, Direction, Plan, PlannedUnit, Targets};
use packhorse_model::ids::DeploymentId;
use packhorse_model::{HostName, PackageName};
use packhorse_planner::fleet::{self, Planned};

use super::{control, retry};
use crate::access::CallerTx;
use crate::engine::fleet::Fleet;
use crate::engine::inventory::Asker;
use crate::engine::{parts, planning, replan};
use crate::error::ApiError;

/// Supersedes open attempts on the named hosts, plans these hosts anew, and tries again.
pub(super) async fn handle(mut call: CallerTx<Option<Retry>>, id: DeploymentId) -> Result<Response, ApiError> {
    let hosts = call.input.take().unwrap_or_default().hosts;
    if hosts.is_empty() {
        return Err(ApiError::invalid("no_hosts", "say which hosts are to be tried again by force")
            .hint(format!("`packhorse deployment show {id}` shows at which it failed")));
    }
    let mut fleet = control::take(&mut call, id).await?;
    let transitions = fleet::force(&fleet.state, &hosts).map_err(|error| retry::refused(&error, &fleet))?;
    if fleet.deployment.direction == Direction::Forward && can_be_planned(&fleet.deployment.spec) {
        let stored = planning::find(call.conn(), fleet.deployment.plan).await?;
        let planned = plan_anew(&mut call, &fleet, &stored.plan, &hosts).await?;
        let next = call.app.random.id(call.now);
        if let Some(plan) = with_orders(&stored.plan, &planned, next) {
            let strategy = fleet.state.strategy.clone();
            fleet = replan::follow(&mut call, fleet, &stored, &plan, &strategy).await?;
        }
    }
    let changes = control::write(&mut call, &fleet, "deployment.force", transitions).await?;
    control::answer(call, id, Some(changes)).await
}

/// Whether what is asked for says what each host gets. The way back of several packages does not: its plan was made from the one that it takes back.
fn can_be_planned(spec: &DeploymentSpec) -> bool {
    spec.action != Action::Rollback || !spec.has_several_parts()
}

/// What would be done on these hosts as they are by now.
async fn plan_anew<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    plan: &Plan,
    hosts: &[HostName],
) -> Result<Planned, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let targets = Targets { hosts: hosts.to_vec(), ..Targets::default() };
    let spec = DeploymentSpec { targets, ..fleet.deployment.spec.clone() };
    // A host that is away is planned by what it told last, and tried when it is back.
    let asker = Asker::Deployment(fleet.deployment.id);
    let units = plan.batches.iter().flat_map(|batch| &batch.units);
    let named = units.filter(|unit| hosts.contains(&unit.host_name));
    let packages: BTreeSet<PackageName> = named.map(|unit| unit.order.package.clone()).collect();
    let mut parts = parts::gather_some(&app, call.conn(), &spec, &packages, asker, now).await?;
    let planned = parts::plan(&mut parts, &mut || app.random.id(now));
    let planned = planned.map_err(|error| planning::refused(&error))?;
    planning::need_values(&planned.unresolved)?;
    match planned.excluded.first() {
        Some(excluded) => Err(ApiError::conflict("host_excluded", format!("{}: {}", excluded.host, excluded.reason))
            .param("host", &excluded.host)),
        None => Ok(planned),
    }
}

/// The plan `next` with the orders of the hosts that were planned anew; none if they are the same. A host that is as wanted keeps its order, by
/// which it proves so.
fn with_orders(plan: &Plan, planned: &Planned, next: packhorse_model::ids::PlanId) -> Option<Plan> {
    let units = planned.batches.iter().flat_map(|batch| &batch.units);
    let fresh: BTreeMap<(&HostName, &PackageName), &PlannedUnit> =
        units.map(|unit| ((&unit.host_name, &unit.order.package), unit)).collect();
    let mut changed = plan.clone();
    for unit in changed.batches.iter_mut().flat_map(|batch| &mut batch.units) {
        if let Some(fresh) = fresh.get(&(&unit.host_name, &unit.order.package)) {
            *unit = PlannedUnit { unit: unit.unit, ..(*fresh).clone() };
        }
    }
    (changed != *plan).then_some(Plan { id: next, parent: Some(plan.id), ..changed })
}

//! Hosts of a deployment go back by a deployment of their own: some of them, or all when it has ended. Of several packages each goes back with
//! everything that it got, in reverse order, or with nothing.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use http::StatusCode;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec, Direction, Plan, PlannedUnit, Targets, UnitState};
use packhorse_model::ids::{DeploymentId, HostId, PackageId, UnitId};
use packhorse_model::order::Release;
use packhorse_model::part::SpecPart;
use packhorse_model::strategy::{Amount, Strategy};
use packhorse_model::{HostName, PackageName};
use packhorse_planner::fleet::{UnitView, may_have_changed, roll_back_some, skip};
use packhorse_store::deployment_parts::StoredPart;
use packhorse_store::deployments::NewDeployment;
use packhorse_store::plans::{self, NewPlan};
use packhorse_store::targets::Target;
use packhorse_store::{StoreError, deployment_parts, deployments, guarded_deployments, targets, units};
use serde_json::json;

use super::control;
use super::create::taken;
use super::retry::refused;
use super::rollback::can_go_back;
use crate::access::CallerTx;
use crate::engine::fleet::Fleet;
use crate::engine::planning::{self, Basis, Findings};
use crate::engine::{detail, guard, way_back};
use crate::error::ApiError;
use crate::wake::Changes;

/// Takes back what the deployment did on these hosts; without any, on all that it changed.
pub(super) async fn handle<B>(
    mut call: CallerTx<B>,
    id: DeploymentId,
    hosts: &[HostName],
    one_way: &BTreeMap<UnitId, String>,
) -> Result<Response, ApiError> {
    let (app, now) = (call.app.clone(), call.now);
    let fleet = control::take(&mut call, id).await?;
    if fleet.deployment.direction == Direction::Back {
        return Err(control::wrong_state(&fleet));
    }
    let returning = Returning::of(&fleet, hosts)?;
    can_go_back(&fleet, one_way, returning.changed.iter().copied())?;
    let forward = planning::find(call.conn(), fleet.deployment.plan).await?.plan;
    let views: Vec<UnitView> = returning.changed.iter().map(|view| (*view).clone()).collect();
    let names: Vec<HostName> = returning.hosts.iter().map(|host| (*host).clone()).collect();
    let plan = roll_back_some(&forward, &views, &names, app.random.id(now), &mut || app.random.id(now))
        .ok_or_else(|| nothing_to_take_back("a restart leaves nothing to take back"))?;
    let ids: Vec<HostId> = plan.units().map(|unit| unit.host).collect::<BTreeSet<_>>().into_iter().collect();
    way_back::check(call.conn(), &plan, &staying(&fleet, &forward, &returning)).await?;
    let parts = parts(&mut call, id, &plan).await?;
    still_there(&mut call, &parts, &plan, &ids).await?;

    let new: DeploymentId = app.random.id(now);
    let mut changes = leave(&mut call, &fleet, &returning, &ids).await?;
    let spec = spec(&fleet, names, &parts)?;
    let creator = call.caller.name.clone();
    let (named, also) = first(&parts)?;
    let package = named.package;
    store(&mut call, &fleet, &spec, package, &plan, new).await?;
    let also: Vec<PackageId> = also.iter().map(|part| part.package).collect();
    let stored =
        NewDeployment { id: new, package, also: &also, spec: &spec, plan: plan.id, creator: &creator, created_at: now };
    deployments::insert(call.conn(), &stored).await?;
    units::insert_plan(call.conn(), new, &plan, 1, now).await?;
    for part in &parts {
        let hosts = hosts_of(&plan, &part.name);
        deployments::claim(call.conn(), new, part.package, &hosts).await.map_err(|error| match error {
            StoreError::Unique => taken("another deployment of the package is open on one of these hosts"),
            error => error.into(),
        })?;
    }
    // It leads to what was there before, and so needs no approval and no turn.
    guarded_deployments::begin(call.conn(), new, now).await?;
    let stored = detail::find(call.conn(), new).await?;
    guard::take_in(call.conn(), &stored, &BTreeSet::new(), now).await?;
    let detail =
        json!({ "package": spec.package, "action": spec.action, "of": id, "plan": plan.id, "units": ids.len() });
    call.audit("deployment.create", new, detail);

    let reply = detail::detail(call.conn(), new).await?;
    let response = call.finish(StatusCode::CREATED, &reply).await?;
    changes.deployments.push((new, 1));
    app.wake.tell(&changes);
    Ok(response)
}

/// What goes back: whole hosts.
struct Returning<'a> {
    /// The hosts.
    hosts: BTreeSet<&'a HostName>,
    /// Their units that changed them, or may have.
    changed: Vec<&'a UnitView>,
    /// Those of them of which the deployment would still want something.
    unmet: Vec<HostName>,
}

impl<'a> Returning<'a> {
    /// Of the named hosts, each of which the deployment has to have changed; or of all that it changed. It must do nothing there any more.
    fn of(fleet: &'a Fleet, named: &[HostName]) -> Result<Self, ApiError> {
        let mut by_host: BTreeMap<&HostName, Vec<&UnitView>> = BTreeMap::new();
        for unit in fleet.state.units() {
            by_host.entry(&unit.host_name).or_default().push(unit);
        }
        let missing = |host: &&HostName| !by_host.contains_key(host);
        if let Some(host) = named.iter().find(missing) {
            return Err(ApiError::invalid(
                "host_not_in_deployment",
                format!("{host} is not a host of this deployment"),
            )
            .param("host", host));
        }
        let named: BTreeSet<&HostName> = named.iter().collect();
        let mut returning = Self { hosts: BTreeSet::new(), changed: Vec::new(), unmet: Vec::new() };
        for (host, units) in by_host {
            if named.is_empty() && !units.iter().any(|unit| may_have_changed(unit)) {
                continue;
            }
            if named.is_empty() || named.contains(host) {
                returning.take(host, &units)?;
            }
        }
        if returning.hosts.is_empty() {
            return Err(nothing_to_take_back("the deployment has changed no host"));
        }
        Ok(returning)
    }

    fn take(&mut self, host: &'a HostName, units: &[&'a UnitView]) -> Result<(), ApiError> {
        let is_unknown = |unit: &UnitView| unit.state == UnitState::Unknown && !unit.attempt_open;
        if units.iter().any(|unit| unit.state.is_in_flight() && !is_unknown(unit)) {
            return Err(ApiError::conflict("unit_in_flight", format!("{host} is in the middle of it"))
                .param("host", host)
                .hint("wait until it is at its end, or roll the whole deployment back"));
        }
        let before = self.changed.len();
        self.changed.extend(units.iter().copied().filter(|unit| may_have_changed(unit)));
        if self.changed.len() == before {
            let title = format!("the deployment has not changed {host}");
            return Err(ApiError::invalid("host_unchanged", title).param("host", host));
        }
        self.hosts.insert(host);
        if units.iter().any(|unit| !matches!(unit.state, UnitState::Succeeded | UnitState::Skipped)) {
            self.unmet.push(host.clone());
        }
        Ok(())
    }
}

fn nothing_to_take_back(title: &str) -> ApiError {
    ApiError::conflict("nothing_to_take_back", title)
}

/// What a deployment that has not ended brings, or may yet bring, to hosts that do not go back.
fn staying<'p>(fleet: &Fleet, forward: &'p Plan, returning: &Returning<'_>) -> Vec<&'p PlannedUnit> {
    if fleet.deployment.state.is_terminal() {
        return Vec::new();
    }
    let wanted = fleet.state.units().filter(|unit| unit.state != UnitState::Skipped);
    let wanted: BTreeSet<UnitId> =
        wanted.filter(|unit| !returning.hosts.contains(&unit.host_name)).map(|unit| unit.unit).collect();
    forward.units().filter(|planned| wanted.contains(&planned.unit)).collect()
}

/// The packages that go back, as the deployment named them.
async fn parts<B>(call: &mut CallerTx<B>, id: DeploymentId, back: &Plan) -> Result<Vec<StoredPart>, ApiError> {
    let mut parts = deployment_parts::of(call.conn(), id).await?;
    parts.retain(|part| back.units().any(|unit| unit.order.package == part.name));
    Ok(parts)
}

fn first(parts: &[StoredPart]) -> Result<(&StoredPart, &[StoredPart]), ApiError> {
    parts.split_first().ok_or_else(|| ApiError::internal("a way back of no package"))
}

fn hosts_of(plan: &Plan, package: &PackageName) -> Vec<HostId> {
    plan.units().filter(|unit| unit.order.package == *package).map(|unit| unit.host).collect()
}

/// Refuses hosts that have another version by now than the deployment found or brought.
async fn still_there<B>(
    call: &mut CallerTx<B>,
    parts: &[StoredPart],
    back: &Plan,
    hosts: &[HostId],
) -> Result<(), ApiError> {
    for part in parts {
        let found = targets::by_id(call.conn(), part.package, hosts).await?;
        let found: BTreeMap<HostId, &Target> = found.iter().map(|target| (target.host, target)).collect();
        for unit in back.units().filter(|unit| unit.order.package == part.name) {
            let Some(target) = found.get(&unit.host) else {
                return Err(ApiError::not_found("host", &unit.host_name));
            };
            let Some(instance) = &target.instance else { continue };
            let is_ours = |release: &Release| release.tree == instance.tree;
            if !unit.order.from.iter().chain(&unit.order.to).any(is_ours) {
                let title = format!("{} has {} {} by now", unit.host_name, part.name, instance.version);
                return Err(ApiError::conflict("instance_moved", title)
                    .param("host", &unit.host_name)
                    .hint("deploy the version that it shall have, and take the others back by name"));
            }
        }
    }
    Ok(())
}

/// The deployment lets go of these hosts: of those of which it still wants something, and of what it has claimed of them.
async fn leave<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    returning: &Returning<'_>,
    hosts: &[HostId],
) -> Result<Changes, ApiError> {
    let deployment = &fleet.deployment;
    if deployment.state.is_terminal() {
        return Ok(Changes::default());
    }
    let transitions = match returning.unmet.as_slice() {
        [] => Vec::new(),
        unmet => skip(&fleet.state, unmet).map_err(|error| refused(&error, fleet))?,
    };
    let changes = control::write(call, fleet, "deployment.take_back", transitions).await?;
    deployments::release_some(call.conn(), deployment.id, hosts).await?;
    Ok(changes)
}

/// What the new deployment is asked to do. As many may be down at a time as on the way forward.
fn spec(fleet: &Fleet, hosts: Vec<HostName>, parts: &[StoredPart]) -> Result<DeploymentSpec, ApiError> {
    let forward = &fleet.state.strategy;
    let largest = forward.batch.sizes(fleet.state.group).unwrap_or_default().into_iter().max().unwrap_or(1);
    let count = Amount::Count(u32::try_from(largest).unwrap_or(u32::MAX));
    let strategy = Strategy {
        max_unavailable: forward.max_unavailable.or(Some(count)),
        unit_timeout_seconds: forward.unit_timeout_seconds,
        step_timeout_seconds: forward.step_timeout_seconds,
        ..Strategy::default()
    };
    let (package, also) = first(parts)?;
    Ok(DeploymentSpec {
        action: Action::Rollback,
        package: package.name.clone(),
        version: None,
        also: also.iter().map(|part| SpecPart { package: part.name.clone(), version: None }).collect(),
        targets: Targets { hosts, ..Targets::default() },
        strategy,
        data: DataFate::Keep,
        parameters: BTreeMap::new(),
        strategy_name: None,
        not_before: None,
    })
}

async fn store<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    spec: &DeploymentSpec,
    package: PackageId,
    plan: &Plan,
    deployment: DeploymentId,
) -> Result<(), ApiError> {
    let going: BTreeSet<HostId> = plan.units().map(|unit| unit.host).collect();
    let group = fleet.bystanders.iter().copied().chain(fleet.units.values().map(|unit| unit.host));
    let bystanders: BTreeSet<HostId> = group.filter(|host| !going.contains(host)).collect();
    let new = NewPlan {
        plan,
        package,
        deployment: Some(deployment),
        spec,
        strategy: None,
        basis: &serde_json::to_string(&Basis::default()).map_err(ApiError::internal)?,
        bystanders: &bystanders.into_iter().collect::<Vec<_>>(),
        findings: &serde_json::to_string(&Findings::default()).map_err(ApiError::internal)?,
        created_at: call.now,
    };
    Ok(plans::insert(call.conn(), &new).await?)
}

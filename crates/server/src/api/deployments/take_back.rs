//! Some hosts of a deployment go back, by a deployment of their own.

use std::collections::{BTreeMap, BTreeSet};

use axum::response::Response;
use http::StatusCode;
use packhorse_model::HostName;
use packhorse_model::deployment::{Action, DataFate, DeploymentSpec, Direction, Plan, Targets, UnitState};
use packhorse_model::ids::{DeploymentId, HostId, UnitId};
use packhorse_model::strategy::{Amount, Strategy};
use packhorse_planner::fleet::{UnitView, may_have_changed, roll_back_some, skip};
use packhorse_store::deployments::NewDeployment;
use packhorse_store::plans::{self, NewPlan};
use packhorse_store::{StoreError, deployments, guarded_deployments, targets, units};
use serde_json::json;

use super::control;
use super::create::taken;
use super::retry::refused;
use super::rollback::can_go_back;
use crate::access::CallerTx;
use crate::engine::fleet::Fleet;
use crate::engine::planning::{self, Basis, Findings};
use crate::engine::{detail, guard};
use crate::error::ApiError;
use crate::wake::Changes;

/// Takes back what the deployment did on these hosts.
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
    if fleet.deployment.spec.has_several_parts() {
        return Err(ApiError::conflict(
            "several_parts",
            "some hosts of a deployment of several packages cannot be taken back alone",
        )
        .hint("roll the whole deployment back, or deploy the former versions to these hosts"));
    }
    let forward = planning::find(call.conn(), fleet.deployment.plan).await?.plan;
    let chosen = hosts.iter().map(|host| chosen(&fleet, host)).collect::<Result<Vec<_>, _>>()?;
    can_go_back(&fleet, one_way, chosen.iter().copied())?;
    let views: Vec<UnitView> = chosen.iter().map(|view| (*view).clone()).collect();
    let plan = roll_back_some(&forward, &views, hosts, app.random.id(now), &mut || app.random.id(now))
        .ok_or_else(|| ApiError::conflict("nothing_to_take_back", "a restart leaves nothing to take back"))?;
    let ids: Vec<HostId> = plan.batches.iter().flat_map(|batch| &batch.units).map(|unit| unit.host).collect();
    still_there(&mut call, &fleet, &plan, &ids).await?;

    let new: DeploymentId = app.random.id(now);
    let mut changes = leave(&mut call, &fleet, &chosen, &ids).await?;
    let spec = spec(&fleet, hosts);
    let creator = call.caller.name.clone();
    store(&mut call, &fleet, &spec, &plan, new).await?;
    let stored = NewDeployment {
        id: new,
        package: fleet.deployment.package,
        also: &[],
        spec: &spec,
        plan: plan.id,
        creator: &creator,
        created_at: now,
    };
    deployments::insert(call.conn(), &stored).await?;
    units::insert_plan(call.conn(), new, &plan, 1, now).await?;
    deployments::claim(call.conn(), new, fleet.deployment.package, &ids).await.map_err(|error| match error {
        StoreError::Unique => taken("another deployment of the package is open on one of these hosts"),
        error => error.into(),
    })?;
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

/// The unit of a host, if the deployment changed that host and does nothing there any more.
fn chosen<'a>(fleet: &'a Fleet, host: &HostName) -> Result<&'a UnitView, ApiError> {
    let unit = fleet.state.units().find(|unit| unit.host_name == *host).ok_or_else(|| {
        ApiError::invalid("host_not_in_deployment", format!("{host} is not a host of this deployment"))
            .param("host", host)
    })?;
    let is_unknown = unit.state == UnitState::Unknown && !unit.attempt_open;
    if unit.state.is_in_flight() && !is_unknown {
        return Err(ApiError::conflict("unit_in_flight", format!("{host} is in the middle of it"))
            .param("host", host)
            .hint("wait until it is at its end, or roll the whole deployment back"));
    }
    if !may_have_changed(unit) {
        return Err(
            ApiError::invalid("host_unchanged", format!("the deployment has not changed {host}")).param("host", host)
        );
    }
    Ok(unit)
}

/// Refuses hosts that have another version by now than the deployment found or brought.
async fn still_there<B>(call: &mut CallerTx<B>, fleet: &Fleet, back: &Plan, hosts: &[HostId]) -> Result<(), ApiError> {
    let found = targets::by_id(call.conn(), fleet.deployment.package, hosts).await?;
    for unit in back.batches.iter().flat_map(|batch| &batch.units) {
        let Some(target) = found.iter().find(|target| target.host == unit.host) else {
            return Err(ApiError::not_found("host", &unit.host_name));
        };
        let Some(instance) = &target.instance else { continue };
        let is_ours = |release: &packhorse_model::order::Release| release.tree == instance.tree;
        if !unit.order.from.iter().chain(&unit.order.to).any(is_ours) {
            let title = format!("{} has {} by now", unit.host_name, instance.version);
            return Err(ApiError::conflict("instance_moved", title)
                .param("host", &unit.host_name)
                .hint("deploy the version that it shall have"));
        }
    }
    Ok(())
}

/// The deployment lets go of these hosts: of those that failed on its own account, and of what it has claimed of them.
async fn leave<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    chosen: &[&UnitView],
    hosts: &[HostId],
) -> Result<Changes, ApiError> {
    let deployment = &fleet.deployment;
    if deployment.state.is_terminal() {
        return Ok(Changes::default());
    }
    let bad = |unit: &&&UnitView| !matches!(unit.state, UnitState::Succeeded | UnitState::Skipped);
    let failed: Vec<HostName> = chosen.iter().filter(bad).map(|unit| unit.host_name.clone()).collect();
    let transitions = match failed.is_empty() {
        true => Vec::new(),
        false => skip(&fleet.state, &failed).map_err(|error| refused(&error, fleet))?,
    };
    let changes = control::write(call, fleet, "deployment.take_back", transitions).await?;
    deployments::release_some(call.conn(), deployment.id, hosts).await?;
    Ok(changes)
}

/// What the new deployment is asked to do. As many may be down at a time as on the way forward.
fn spec(fleet: &Fleet, hosts: &[HostName]) -> DeploymentSpec {
    let forward = &fleet.state.strategy;
    let largest = forward.batch.sizes(fleet.state.group).unwrap_or_default().into_iter().max().unwrap_or(1);
    let count = Amount::Count(u32::try_from(largest).unwrap_or(u32::MAX));
    let strategy = Strategy {
        max_unavailable: forward.max_unavailable.or(Some(count)),
        unit_timeout_seconds: forward.unit_timeout_seconds,
        step_timeout_seconds: forward.step_timeout_seconds,
        ..Strategy::default()
    };
    DeploymentSpec {
        action: Action::Rollback,
        package: fleet.deployment.package_name.clone(),
        version: None,
        also: Vec::new(),
        targets: Targets { hosts: hosts.to_vec(), ..Targets::default() },
        strategy,
        data: DataFate::Keep,
        parameters: BTreeMap::new(),
        strategy_name: None,
        not_before: None,
    }
}

async fn store<B>(
    call: &mut CallerTx<B>,
    fleet: &Fleet,
    spec: &DeploymentSpec,
    plan: &Plan,
    deployment: DeploymentId,
) -> Result<(), ApiError> {
    let going: BTreeSet<HostId> = plan.batches.iter().flat_map(|batch| &batch.units).map(|unit| unit.host).collect();
    let group = fleet.bystanders.iter().copied().chain(fleet.units.values().map(|unit| unit.host));
    let bystanders: BTreeSet<HostId> = group.filter(|host| !going.contains(host)).collect();
    let new = NewPlan {
        plan,
        package: fleet.deployment.package,
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

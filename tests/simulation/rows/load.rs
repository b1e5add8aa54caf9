//! A deployment as the planner sees it, read from the rows at one moment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use packhorse_model::deployment::{Direction, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, UnitId};
use packhorse_model::order::{Grant, Health, InstanceReport};
use packhorse_model::{HostName, PackageName};
use packhorse_planner::fleet::{FleetState, Hold, Reach, UnitView};

use super::{Basis, Rows, UnitRow};

/// How long a host with work to do may be silent before it is unreachable.
const UNREACHABLE: SignedDuration = SignedDuration::from_secs(20);
/// How long an idle one may be.
const OFFLINE: SignedDuration = SignedDuration::from_secs(90);

/// A deployment with everything that its next step depends on.
pub(crate) struct Fleet {
    pub(crate) id: DeploymentId,
    pub(crate) package: PackageName,
    pub(crate) state: FleetState,
    /// Open attempts of which nothing will come any more.
    pub(crate) dead: Vec<AttemptId>,
    pub(crate) basis: Basis,
}

/// What one server knows of the time, and of who was heard of.
pub(crate) struct Watch<'a> {
    pub(crate) now: Timestamp,
    pub(crate) started_at: Timestamp,
    pub(crate) presence: &'a BTreeMap<HostId, Timestamp>,
}

impl Rows {
    /// Reads a deployment.
    pub(crate) fn load(&self, id: DeploymentId, watch: &Watch<'_>) -> Fleet {
        let deployment = &self.deployments[&id];
        let current = &self.plans[&deployment.plan];
        let units: Vec<(UnitId, &UnitRow)> = current
            .batches
            .iter()
            .flat_map(|batch| &batch.units)
            .map(|planned| (planned.unit, &self.units[&planned.unit]))
            .collect();
        let former: Vec<(UnitId, &UnitRow)> = self
            .units
            .iter()
            .filter(|(_, unit)| unit.deployment == id && unit.plan != deployment.plan)
            .filter(|(_, unit)| deployment.direction == Direction::Back && !is_at_its_end(unit.state))
            .map(|(id, unit)| (*id, unit))
            .collect();
        let view = |(id, unit): &(UnitId, &UnitRow)| self.view(*id, unit, watch);
        let mut batches: Vec<Vec<UnitView>> = vec![Vec::new(); current.batches.len()];
        for unit in &units {
            batches[unit.1.batch].push(view(unit));
        }
        let state = FleetState {
            state: deployment.state,
            direction: deployment.direction,
            strategy: deployment.strategy.clone(),
            group: units.len() + deployment.bystanders.len(),
            batches,
            kinds: current.batches.iter().map(|batch| batch.kind).collect(),
            promoted: deployment.promoted,
            ahead: deployment.ahead,
            former: former.iter().map(view).collect(),
            down_elsewhere: self.down_elsewhere(id, &units, watch),
            holds: if self.frozen { vec![Hold::Schedule { at: Timestamp::MAX }] } else { Vec::new() },
        };
        let dead = units.iter().chain(&former).filter_map(|(_, unit)| self.dead(unit)).collect();
        Fleet { id, package: deployment.package.clone(), state, dead, basis: self.basis(id) }
    }

    /// What a decision about a deployment rests on now.
    pub(super) fn basis(&self, id: DeploymentId) -> Basis {
        let deployment = &self.deployments[&id];
        let budgets = deployment.strategy.max_unavailable.map(|_| self.budgets);
        Basis { revision: deployment.revision, rails: self.rails, budgets }
    }

    fn down_elsewhere(&self, id: DeploymentId, units: &[(UnitId, &UnitRow)], watch: &Watch<'_>) -> BTreeSet<HostName> {
        let deployment = &self.deployments[&id];
        let ours: BTreeSet<HostId> = units.iter().map(|(_, unit)| unit.planned.host).collect();
        let counts = |other: DeploymentId| {
            deployment.strategy.max_unavailable.is_some() || self.deployments[&other].package == deployment.package
        };
        let held = self
            .open_attempts()
            .filter(|(_, open)| open.deployment != id && counts(open.deployment) && ours.contains(&open.host))
            .filter(|(_, open)| self.units[&open.unit].state.holds_slot())
            .map(|(_, open)| open.host);
        if deployment.strategy.max_unavailable.is_none() {
            return held.map(|host| self.hosts[&host].name.clone()).collect();
        }
        // Of the instances that the deployment is about, its units tell.
        let is_own = |(host, package): &(HostId, PackageName)| *package == deployment.package && ours.contains(host);
        let is_unhealthy = |(_, instance): &(_, &InstanceReport)| instance.health == Health::Unhealthy;
        let unhealthy = self.instances.iter().filter(is_unhealthy).map(|(instance, _)| instance);
        let is_of_group = |host: &HostId| ours.contains(host) || deployment.bystanders.contains(host);
        let down = self.slots.keys().chain(unhealthy).filter(|instance| !is_own(instance)).map(|(host, _)| *host);
        let silent = deployment.bystanders.iter().copied().filter(|host| watch.is_silent(self, *host));
        let down = held.chain(down.filter(is_of_group)).chain(silent);
        down.map(|host| self.hosts[&host].name.clone()).collect()
    }

    fn view(&self, id: UnitId, unit: &UnitRow, watch: &Watch<'_>) -> UnitView {
        let attempt = unit.attempt.map(|attempt| &self.attempts[&attempt]);
        let package = &unit.planned.order.package;
        UnitView {
            state: unit.state,
            epoch: unit.epoch,
            grant: attempt.map_or(Grant::Prepare, |attempt| attempt.granted),
            attempt_open: attempt.is_some_and(|attempt| attempt.ended_at.is_none()),
            admitted_at: attempt.map(|attempt| attempt.created_at),
            prepared_at: attempt.and_then(|attempt| attempt.prepared_at),
            validated_at: attempt.and_then(|attempt| attempt.validated_at),
            aftermath: unit.failure.as_ref().and_then(|failure| failure.aftermath),
            follows_companion: unit.failure.as_ref().is_some_and(|failure| failure.companion.is_some()),
            reach: self.reach(unit, watch),
            health: self.health(unit.planned.host, package),
            occupied: self.is_occupied_by_another(unit),
            in_doubt: unit.in_doubt,
            unproven: self.slots.contains_key(&(unit.planned.host, package.clone())),
            changed_at: Some(unit.changed_at),
            ..UnitView::pending(id, unit.planned.host_name.clone(), unit.planned.order.action)
        }
    }

    fn is_occupied_by_another(&self, unit: &UnitRow) -> bool {
        let waits = unit.state == UnitState::Pending;
        self.open_attempts().any(|(id, open)| {
            let is_same_package = self.units[&open.unit].planned.order.package == unit.planned.order.package;
            open.host == unit.planned.host && is_same_package && (waits || Some(*id) != unit.attempt)
        })
    }

    fn reach(&self, unit: &UnitRow, watch: &Watch<'_>) -> Reach {
        let host = unit.planned.host;
        match unit.attempt.filter(|_| unit.state.is_in_flight()).map(|attempt| &self.attempts[&attempt]) {
            Some(attempt) if attempt.incarnation < self.hosts[&host].incarnation => Reach::Replaced,
            Some(attempt) if attempt.ended_at.is_none() => {
                let heard = watch.heard(self, host).max(attempt.created_at);
                if heard >= watch.cutoff(UNREACHABLE) { Reach::Online } else { Reach::Unreachable }
            }
            _ if watch.is_silent(self, host) => Reach::Unreachable,
            _ => Reach::Online,
        }
    }

    fn dead(&self, unit: &UnitRow) -> Option<AttemptId> {
        let id = unit.attempt?;
        let attempt = &self.attempts[&id];
        let is_current = attempt.incarnation == self.hosts[&attempt.host].incarnation;
        (attempt.ended_at.is_none() && !is_current).then_some(id)
    }
}

impl Watch<'_> {
    fn heard(&self, rows: &Rows, host: HostId) -> Timestamp {
        let noted = self.presence.get(&host).copied();
        noted.max(Some(rows.hosts[&host].last_seen)).unwrap_or(Timestamp::MIN).max(self.started_at)
    }

    fn is_silent(&self, rows: &Rows, host: HostId) -> bool {
        self.heard(rows, host) < self.cutoff(OFFLINE)
    }

    fn cutoff(&self, silence: SignedDuration) -> Timestamp {
        self.now.saturating_sub(silence).unwrap_or(Timestamp::MIN)
    }
}

fn is_at_its_end(state: UnitState) -> bool {
    matches!(state, UnitState::Succeeded | UnitState::Failed | UnitState::Cancelled | UnitState::Skipped)
}

//! The rows, in memory: what all servers of a site share, as they share one database.
//!
//! The real store answers from threads, at times that no seed decides, so the rows are a model here. What they mean is the store's: a
//! decision is read at one moment and written at a later one, whole or not at all, and only if what it rests on has not moved
//! ([`Basis`]). What decides is the product's own code.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::HostName;
use packhorse_model::PackageName;
use packhorse_model::deployment::{DeploymentState, Direction, Plan, PlannedUnit, UnitFailure, UnitState, Waiting};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, Identifier, PlanId, UnitId};
use packhorse_model::order::{Assignment, AttemptOrder, Grant, Health, InstanceReport};
use packhorse_model::strategy::Strategy;
use packhorse_planner::fleet::Evidence;

use crate::site::{batches, epoch, host_id, host_name};
use crate::story::Story;

mod fold;
mod load;
mod write;

pub(crate) use fold::{NotYours, Told};
pub(crate) use load::{Fleet, Watch};
pub(crate) use write::{Conflict, Decided};

/// The site.
pub(crate) struct Rows {
    pub(crate) deployments: BTreeMap<DeploymentId, DeploymentRow>,
    pub(crate) plans: BTreeMap<PlanId, Plan>,
    pub(crate) units: BTreeMap<UnitId, UnitRow>,
    pub(crate) attempts: BTreeMap<AttemptId, AttemptRow>,
    pub(crate) hosts: BTreeMap<HostId, HostRow>,
    pub(crate) instances: BTreeMap<(HostId, PackageName), InstanceReport>,
    /// The slots that are taken, each with the attempt that took it.
    slots: BTreeMap<(HostId, PackageName), AttemptId>,
    /// Whether a freeze holds everything.
    pub(crate) frozen: bool,
    /// Rises with every change of the guard rails.
    rails: u64,
    /// Rises with every decision of which those of other deployments may have to know.
    budgets: u64,
    made: usize,
}

#[derive(Debug, Clone)]
pub(crate) struct DeploymentRow {
    pub(crate) package: PackageName,
    pub(crate) strategy: Strategy,
    pub(crate) state: DeploymentState,
    pub(crate) direction: Direction,
    pub(crate) plan: PlanId,
    pub(crate) promoted: u32,
    pub(crate) ahead: u32,
    pub(crate) revision: u64,
    pub(crate) waiting: Vec<Waiting>,
    /// Hosts of the target group that have no unit in the current plan.
    pub(crate) bystanders: BTreeSet<HostId>,
}

#[derive(Debug, Clone)]
pub(crate) struct UnitRow {
    pub(crate) planned: PlannedUnit,
    pub(crate) deployment: DeploymentId,
    pub(crate) plan: PlanId,
    pub(crate) batch: usize,
    pub(crate) state: UnitState,
    pub(crate) epoch: u32,
    pub(crate) failure: Option<UnitFailure>,
    pub(crate) attempt: Option<AttemptId>,
    pub(crate) in_doubt: bool,
    pub(crate) changed_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct AttemptRow {
    pub(crate) unit: UnitId,
    pub(crate) deployment: DeploymentId,
    pub(crate) host: HostId,
    pub(crate) incarnation: u32,
    pub(crate) epoch: u32,
    pub(crate) granted: Grant,
    pub(crate) last_sequence: u32,
    pub(crate) timeout_seconds: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) prepared_at: Option<Timestamp>,
    pub(crate) validated_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
pub(crate) struct HostRow {
    pub(crate) name: HostName,
    pub(crate) incarnation: u32,
    pub(crate) last_seen: Timestamp,
    /// What it was last told.
    pub(crate) received: Option<Received>,
}

/// What a host was last told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Received {
    /// The joining that has been received.
    pub(crate) incarnation: u32,
    pub(crate) generation: u64,
    pub(crate) wants_inventory: bool,
}

/// What a decision rests on: as long as none of this has moved, it may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Basis {
    revision: u64,
    rails: u64,
    /// Of a deployment whose limit holds over all deployments on its hosts.
    budgets: Option<u64>,
}

impl Rows {
    /// Hosts that have joined, and the deployments of the story, planned.
    pub(crate) fn of(story: &Story) -> Self {
        let host = |number| HostRow { name: host_name(number), incarnation: 1, last_seen: epoch(), received: None };
        let mut rows = Self {
            deployments: BTreeMap::new(),
            plans: BTreeMap::new(),
            units: BTreeMap::new(),
            attempts: BTreeMap::new(),
            hosts: (0..story.hosts).map(|number| (host_id(number), host(number))).collect(),
            instances: BTreeMap::new(),
            slots: BTreeMap::new(),
            frozen: false,
            rails: 0,
            budgets: 0,
            made: 0,
        };
        for rollout in &story.rollouts {
            let (deployment, plan): (DeploymentId, PlanId) = (rows.make(epoch()), rows.make(epoch()));
            let batches = batches(rollout, story.hosts, &mut || rows.make(epoch()));
            let row = DeploymentRow {
                package: rollout.package.clone(),
                strategy: rollout.strategy.clone(),
                state: DeploymentState::Running,
                direction: Direction::Forward,
                plan,
                promoted: 0,
                ahead: 0,
                revision: 1,
                waiting: Vec::new(),
                bystanders: BTreeSet::new(),
            };
            rows.deployments.insert(deployment, row);
            rows.insert_plan(
                deployment,
                Plan { id: plan, parent: None, direction: Direction::Forward, batches },
                epoch(),
            );
        }
        rows
    }

    /// An identifier that nobody has, made at this time.
    pub(crate) fn make<T: Identifier>(&mut self, now: Timestamp) -> T {
        self.made += 1;
        T::from_parts(now, (1 << 40) + self.made as u128)
    }

    fn insert_plan(&mut self, deployment: DeploymentId, plan: Plan, now: Timestamp) {
        for (batch, planned) in plan.batches.iter().enumerate() {
            for unit in &planned.units {
                let row = UnitRow {
                    planned: unit.clone(),
                    deployment,
                    plan: plan.id,
                    batch,
                    state: UnitState::Pending,
                    epoch: 0,
                    failure: None,
                    attempt: None,
                    in_doubt: false,
                    changed_at: now,
                };
                self.units.insert(unit.unit, row);
            }
        }
        self.plans.insert(plan.id, plan);
    }

    /// The deployments that somebody has to look after.
    pub(crate) fn unsettled(&self) -> BTreeSet<DeploymentId> {
        let open = self.deployments.iter().filter(|(_, row)| !row.state.is_terminal()).map(|(id, _)| *id);
        open.chain(self.open_attempts().map(|(_, attempt)| attempt.deployment)).collect()
    }

    /// The attempts that are not at their end.
    pub(crate) fn open_attempts(&self) -> impl Iterator<Item = (&AttemptId, &AttemptRow)> {
        self.attempts.iter().filter(|(_, attempt)| attempt.ended_at.is_none())
    }

    /// The whole assignment of a host.
    pub(crate) fn assignment(&self, host: HostId) -> Assignment {
        let order = |(id, attempt): (&AttemptId, &AttemptRow)| AttemptOrder {
            attempt: *id,
            epoch: attempt.epoch,
            deployment: attempt.deployment,
            unit: attempt.unit,
            grant: attempt.granted,
            order: self.units[&attempt.unit].planned.order.clone(),
            timeout_seconds: attempt.timeout_seconds,
        };
        let generation = self.hosts[&host].received.map_or(0, |received| received.generation);
        Assignment {
            generation,
            attempts: self.open_attempts().filter(|(_, open)| open.host == host).map(order).collect(),
        }
    }

    /// Whether a host has attempts that are not at their end.
    pub(crate) fn has_open(&self, host: HostId) -> bool {
        self.open_attempts().any(|(_, attempt)| attempt.host == host)
    }

    /// The host's open attempts have changed: it is told so.
    fn raise(&mut self, host: HostId) {
        let Some(row) = self.hosts.get_mut(&host) else { return };
        let incarnation = row.incarnation;
        let received = row.received.get_or_insert(Received { incarnation, generation: 0, wants_inventory: false });
        received.generation += 1;
    }

    fn end(&mut self, attempt: AttemptId, now: Timestamp) -> bool {
        let open = self.attempts.get_mut(&attempt).filter(|attempt| attempt.ended_at.is_none());
        open.map(|attempt| attempt.ended_at = Some(now)).is_some()
    }

    /// Whether the slot of an instance is taken, and nothing has proven the instance since.
    pub(crate) fn is_unproven(&self, host: HostId, package: &PackageName) -> bool {
        self.slots.contains_key(&(host, package.clone()))
    }

    /// Gives back the slots of what is proven of an instance, by this attempt.
    fn prove(&mut self, instance: &(HostId, PackageName), attempt: AttemptId, evidence: Option<Evidence>) {
        match evidence {
            Some(Evidence::Proven) => drop(self.slots.remove(instance)),
            Some(Evidence::AsFound) => self.slots.retain(|_, taken| *taken != attempt),
            None => {}
        }
    }

    /// Gives back the slots on a host whose instances are healthy, while nothing changes them.
    fn give_back_proven(&mut self, host: HostId) {
        let healthy: Vec<(HostId, PackageName)> = self
            .slots
            .keys()
            .filter(|(on, package)| *on == host && self.health(host, package) == Health::Healthy)
            .cloned()
            .collect();
        for instance in healthy {
            let is_of_it = |unit: &UnitRow| unit.planned.host == host && unit.planned.order.package == instance.1;
            let may_change = self
                .open_attempts()
                .any(|(_, open)| open.granted != Grant::Prepare && is_of_it(&self.units[&open.unit]));
            let is_in_doubt = self.units.values().any(|unit| unit.in_doubt && is_of_it(unit));
            if !may_change && !is_in_doubt {
                self.slots.remove(&instance);
            }
        }
    }

    /// The health of an instance, as last reported.
    fn health(&self, host: HostId, package: &PackageName) -> Health {
        self.instances.get(&(host, package.clone())).map_or(Health::Unknown, |instance| instance.health)
    }

    /// A machine joins under the name of one that is gone.
    pub(crate) fn join_anew(&mut self, number: usize) -> u32 {
        let row = self.hosts.get_mut(&host_id(number)).expect("a host of the story");
        row.incarnation += 1;
        let incarnation = row.incarnation;
        // What was told of the health of instances was told of another machine.
        let of_host = self.instances.iter_mut().filter(|((host, _), _)| *host == host_id(number));
        of_host.for_each(|(_, instance)| instance.health = Health::Unknown);
        incarnation
    }

    /// A freeze begins, or ends.
    pub(crate) fn freeze(&mut self, is_frozen: bool) {
        self.frozen = is_frozen;
        self.rails += 1;
    }
}

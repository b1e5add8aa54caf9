//! Writing what was decided: whole, and only if what it rests on has not moved.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use packhorse_model::deployment::{DeploymentState, Direction, Plan, UnitFailure, UnitState};
use packhorse_model::ids::{AttemptId, DeploymentId, HostId, PlanId, UnitId};
use packhorse_model::order::Grant;
use packhorse_model::step::StepKind;
use packhorse_planner::fleet::{Decision, Transition, Trouble, UnitView, roll_back};

use super::{AttemptRow, Fleet, Rows};

/// Somebody else has decided meanwhile: look again.
#[derive(Debug)]
pub(crate) struct Conflict;

/// What a written decision has made.
#[derive(Debug, Default)]
pub(crate) struct Decided {
    /// The attempts that were admitted.
    pub(crate) admitted: BTreeMap<UnitId, AttemptId>,
    /// The attempts that may change over from now on.
    pub(crate) let_go: BTreeMap<UnitId, AttemptId>,
    /// The plan that leads back, and the one in whose place it is.
    pub(crate) back: Option<(PlanId, PlanId)>,
}

impl Rows {
    /// Writes a decision about a deployment as it was read.
    pub(crate) fn write(&mut self, fleet: &Fleet, decision: &Decision, now: Timestamp) -> Result<Decided, Conflict> {
        if self.basis(fleet.id) != fleet.basis {
            return Err(Conflict);
        }
        let deployment = self.deployments.get_mut(&fleet.id).ok_or(Conflict)?;
        deployment.revision += 1;
        self.budgets += 1;
        if !deployment.state.is_terminal() {
            deployment.waiting.clone_from(&decision.waiting);
        }
        let mut decided = Decided::default();
        let mut touched: BTreeSet<HostId> = BTreeSet::new();
        for transition in &decision.transitions {
            match transition {
                Transition::Admit { unit, epoch } => {
                    touched.insert(self.units[unit].planned.host);
                    let attempt = self.admit(fleet, *unit, *epoch, now);
                    decided.admitted.insert(*unit, attempt);
                }
                Transition::Unit { unit, from: _, to, grant, trouble } => {
                    let change = UnitChange { to: *to, grant: *grant, trouble: trouble.as_ref() };
                    if *grant == Some(Grant::Switch) {
                        decided.let_go.extend(self.units[unit].attempt.map(|attempt| (*unit, attempt)));
                    }
                    touched.extend(self.change(*unit, &change, now));
                    self.keep_slot(*unit, transition);
                }
                Transition::Supersede { unit } => touched.extend(self.supersede(*unit, now)),
                Transition::Deployment { to, .. } => self.set_state(fleet.id, *to),
                Transition::Promote { below } => {
                    let promoted = &mut self.deployments.get_mut(&fleet.id).ok_or(Conflict)?.promoted;
                    *promoted = (*promoted).max(*below);
                }
                Transition::SkipAhead { below } => {
                    let ahead = &mut self.deployments.get_mut(&fleet.id).ok_or(Conflict)?.ahead;
                    *ahead = (*ahead).max(*below);
                }
                Transition::RollBack => decided.back = self.take_back(fleet, now),
            }
        }
        for attempt in &fleet.dead {
            if self.end(*attempt, now) {
                touched.insert(self.attempts[attempt].host);
            }
        }
        touched.into_iter().for_each(|host| self.raise(host));
        Ok(decided)
    }

    fn set_state(&mut self, id: DeploymentId, to: DeploymentState) {
        if let Some(deployment) = self.deployments.get_mut(&id) {
            deployment.state = to;
            if to.is_terminal() {
                deployment.waiting.clear();
            }
        }
    }

    fn admit(&mut self, fleet: &Fleet, id: UnitId, epoch: u32, now: Timestamp) -> AttemptId {
        let attempt: AttemptId = self.make(now);
        let host = self.units[&id].planned.host;
        let row = AttemptRow {
            unit: id,
            deployment: fleet.id,
            host,
            incarnation: self.hosts[&host].incarnation,
            epoch,
            granted: Grant::Prepare,
            last_sequence: 0,
            timeout_seconds: fleet.state.strategy.unit_timeout_seconds,
            created_at: now,
            prepared_at: None,
            validated_at: None,
            ended_at: None,
        };
        self.attempts.insert(attempt, row);
        if let Some(unit) = self.units.get_mut(&id) {
            unit.attempt = Some(attempt);
            unit.epoch = epoch;
            unit.state = UnitState::Preparing;
            unit.failure = None;
            unit.changed_at = now;
        }
        attempt
    }

    /// The host, if it has to be told.
    fn change(&mut self, id: UnitId, change: &UnitChange<'_>, now: Timestamp) -> Option<HostId> {
        let unit = self.units.get_mut(&id)?;
        unit.state = change.to;
        unit.changed_at = now;
        unit.failure = match (change.trouble, unit.attempt) {
            (Some(trouble), Some(attempt)) => Some(UnitFailure {
                attempt,
                step: StepKind::Preflight,
                message: trouble.message.clone(),
                aftermath: trouble.aftermath,
                // One package goes through this site.
                companion: None,
            }),
            _ if matches!(change.to, UnitState::Failed | UnitState::Unknown | UnitState::Skipped) => {
                unit.failure.take()
            }
            _ => None,
        };
        let attempt = self.attempts.get_mut(&unit.attempt?).filter(|attempt| attempt.ended_at.is_none())?;
        attempt.granted = change.grant?;
        Some(attempt.host)
    }

    /// Takes the slot of the unit's instance, or gives it back.
    fn keep_slot(&mut self, id: UnitId, transition: &Transition) {
        let unit = &self.units[&id];
        let Some(attempt) = unit.attempt else { return };
        let instance = (unit.planned.host, unit.planned.order.package.clone());
        let evidence = transition.evidence(unit.planned.order.action);
        if transition.takes_slot() {
            self.slots.entry(instance.clone()).or_insert(attempt);
        }
        self.prove(&instance, attempt, evidence);
    }

    fn supersede(&mut self, id: UnitId, now: Timestamp) -> Option<HostId> {
        let attempt = self.units[&id].attempt.filter(|attempt| self.attempts[attempt].ended_at.is_none())?;
        self.end(attempt, now);
        self.units.get_mut(&id)?.in_doubt = true;
        Some(self.attempts[&attempt].host)
    }

    /// Makes the way back the current plan. Where there is nothing to take back, the deployment is rolled back already.
    fn take_back(&mut self, fleet: &Fleet, now: Timestamp) -> Option<(PlanId, PlanId)> {
        let forward = self.plans[&self.deployments[&fleet.id].plan].clone();
        let views: Vec<UnitView> = fleet.state.units().cloned().collect();
        let plan: PlanId = self.make(now);
        let Some(back) = roll_back(&forward, &views, plan, &mut || self.make(now)) else {
            self.set_state(fleet.id, DeploymentState::RolledBack);
            return None;
        };
        let hosts = |plan: &Plan| -> BTreeSet<HostId> {
            plan.batches.iter().flat_map(|batch| &batch.units).map(|unit| unit.host).collect()
        };
        let returning = hosts(&back);
        let deployment = self.deployments.get_mut(&fleet.id)?;
        let group = hosts(&forward).into_iter().chain(deployment.bystanders.iter().copied());
        deployment.bystanders = group.filter(|host| !returning.contains(host)).collect();
        deployment.plan = back.id;
        deployment.direction = Direction::Back;
        let chain = (back.id, back.parent?);
        self.insert_plan(fleet.id, back, now);
        Some(chain)
    }
}

/// What becomes of a unit.
struct UnitChange<'a> {
    to: UnitState,
    grant: Option<Grant>,
    trouble: Option<&'a Trouble>,
}

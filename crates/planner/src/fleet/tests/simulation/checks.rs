//! What the simulation holds the planner's decisions against.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Grant, Health};

use super::super::super::*;
use super::{Simulation, Stored};

impl Simulation {
    pub(super) fn terminal_units(&self) -> BTreeMap<UnitId, UnitState> {
        let is_terminal = |state: UnitState| !state.is_in_flight() && state != UnitState::Pending;
        let current = self.fleet.all().map(|unit| (unit.unit, unit.state));
        current.chain(self.archive.clone()).filter(|(_, state)| is_terminal(*state)).collect()
    }

    /// Holds a transition against the invariants.
    pub(super) fn check(&self, before: &FleetState, transition: &Transition) {
        let is_same = before.state == self.fleet.state;
        // In a halted deployment only what a person retried goes on.
        let may_start = |unit: &UnitView| {
            is_same && (self.fleet.goes_on() || (self.fleet.state == DeploymentState::Halted && unit.epoch > 0))
        };
        match transition {
            Transition::Admit { unit, .. } => {
                let view = self.fleet.units().find(|view| view.unit == *unit).unwrap();
                assert!(may_start(view), "I10: admitted in {:?}", self.fleet.state);
                let host = self.host_of(view);
                assert!(!self.attempts.values().any(|stored| stored.open && stored.host == host), "I2: two attempts");
                let batch = self.batch_of(*unit);
                for earlier in self.fleet.batches[..batch].iter().flatten() {
                    let done = self.current(earlier).is_some_and(|stored| stored.succeeded);
                    assert!(done || earlier.state == UnitState::Skipped, "I12: {earlier:?} of an earlier batch");
                }
            }
            Transition::Unit { unit, grant: Some(Grant::Switch), from, .. } => {
                let view = self.fleet.units().find(|view| view.unit == *unit).unwrap();
                assert!(may_start(view), "I10: switched in {:?}", self.fleet.state);
                assert_eq!(*from, UnitState::Prepared);
                let batch = &self.fleet.batches[self.batch_of(*unit)];
                // What a halted deployment holds, and what a person left out, are not waited for.
                let is_ready = |unit: &UnitView| {
                    let is_held = self.fleet.state == DeploymentState::Halted
                        && (unit.has_failed() || (unit.state == UnitState::Pending && unit.epoch == 0));
                    is_held
                        || unit.state == UnitState::Skipped
                        || self.current(unit).is_some_and(|stored| stored.prepared)
                };
                let is_alone = self.fleet.direction == Direction::Back;
                assert!(is_alone || batch.iter().all(is_ready), "switched before all were prepared");
            }
            Transition::Unit { unit, grant: Some(Grant::Retire), .. } => {
                let cut_short = !matches!(
                    self.fleet.state,
                    DeploymentState::Running | DeploymentState::Paused | DeploymentState::Halted
                );
                let bake = i64::from(self.fleet.strategy.bake_seconds);
                let view = self.fleet.all().find(|view| view.unit == *unit).unwrap();
                let validated_at = self.current(view).unwrap().validated_at.unwrap();
                let baked = self.now.duration_since(validated_at).as_secs() >= bake;
                assert!(cut_short || baked, "I12: the bake was cut short");
            }
            _ => {}
        }
    }

    pub(super) fn slots(&self) -> BTreeSet<HostName> {
        self.hosts.iter().filter(|host| host.has_slot).map(|host| host.name.clone()).collect()
    }

    /// I1: what this step let go beside what was down before is within the limit.
    pub(super) fn check_budget(&self, before: &FleetState, slots: BTreeSet<HostName>) {
        let Some(limit) = self.fleet.strategy.max_unavailable else { return };
        let is_bad = |view: &&UnitView| view.health == Health::Unhealthy || view.reach != Reach::Online;
        let mut was_down = slots;
        was_down.extend(before.down_elsewhere.iter().cloned());
        was_down.extend(before.all().filter(is_bad).map(|view| view.host_name.clone()));
        let let_go: BTreeSet<HostName> = self.slots().difference(&was_down).cloned().collect();
        let is_within = let_go.len() + was_down.len() <= limit.of(self.fleet.group);
        assert!(let_go.is_empty() || is_within, "I1: {let_go:?} let go beside {was_down:?}, limit {limit}");
    }

    pub(super) fn batch_of(&self, unit: UnitId) -> usize {
        self.fleet.batches.iter().position(|batch| batch.iter().any(|view| view.unit == unit)).unwrap()
    }

    pub(super) fn current(&self, view: &UnitView) -> Option<&Stored> {
        self.attempts.values().find(|stored| stored.unit == view.unit && stored.epoch == view.epoch)
    }
}

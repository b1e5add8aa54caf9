//! What the simulation holds the planner's decisions against.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::HostName;
use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, UnitState};
use packhorse_model::ids::UnitId;
use packhorse_model::order::{Grant, Health};
use packhorse_model::strategy::{OnFailure, Pause};

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
        let is_same = before.state == self.fleet.state && before.holds.is_empty();
        // In a halted deployment only what a person retried goes on.
        let may_start = |unit: &UnitView| {
            is_same && (self.fleet.goes_on() || (self.fleet.state == DeploymentState::Halted && unit.epoch > 0))
        };
        match transition {
            Transition::Admit { unit, .. } => {
                let view = self.fleet.units().find(|view| view.unit == *unit).unwrap();
                assert!(may_start(view), "I10: admitted in {:?}", self.fleet.state);
                let host = self.host_of(view);
                let is_same = |stored: &&Stored| stored.host == host && stored.part == self.parts[unit];
                assert!(!self.attempts.values().any(|stored| stored.open && is_same(&stored)), "I2: two attempts");
                let batch = self.batch_of(*unit);
                let has_begun = self.fleet.batches[batch].iter().any(|view| view.epoch > 0);
                let is_ahead = (batch as u32) < self.fleet.ahead;
                if !has_begun && !is_ahead {
                    self.check_earlier(batch);
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
                        || matches!(unit.state, UnitState::Skipped | UnitState::Succeeded)
                        || unit.has_ended_badly()
                        || self.current(unit).is_some_and(|stored| stored.prepared)
                };
                let is_alone = self.fleet.direction == Direction::Back;
                assert!(is_alone || batch.iter().all(is_ready), "switched before all were prepared");
                let before = batch.iter().take_while(|other| other.unit != *unit);
                for other in before.filter(|other| other.host_name == view.host_name) {
                    let is_proven = self.current(other).is_some_and(|stored| stored.validated_at.is_some());
                    let is_over = is_alone && !other.state.is_in_flight() && other.state != UnitState::Pending;
                    let is_settled = matches!(other.state, UnitState::Skipped | UnitState::Succeeded);
                    assert!(is_settled || is_over || (!is_alone && is_proven), "switched before {other:?}");
                }
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
                let batch = self.fleet.batches.iter().find(|batch| batch.iter().any(|other| other.unit == *unit));
                let companions = batch.filter(|_| self.fleet.direction == Direction::Forward).into_iter().flatten();
                for other in companions.filter(|other| other.host_name == view.host_name) {
                    let is_proven = self.current(other).is_some_and(|stored| stored.validated_at.is_some());
                    let is_settled = matches!(other.state, UnitState::Skipped | UnitState::Succeeded);
                    assert!(is_settled || is_proven, "retired before {other:?} was proven");
                }
            }
            _ => {}
        }
    }

    /// I12: a batch begins when those before it met their rule, and the pause is over.
    fn check_earlier(&self, batch: usize) {
        let strategy = &self.fleet.strategy;
        let earlier = self.fleet.batches[..batch].iter().flatten();
        let failed = |view: &&UnitView| view.state == UnitState::Failed || view.state == UnitState::Unknown;
        for view in earlier.clone().filter(|view| !failed(view)) {
            let done = self.current(view).is_some_and(|stored| stored.succeeded);
            // What a person has confirmed, nobody has told.
            let done = done || matches!(view.state, UnitState::Skipped | UnitState::Succeeded);
            assert!(done, "I12: {view:?} of an earlier batch");
        }
        let hosts = |batches: &[Vec<UnitView>], wanted: &dyn Fn(&UnitView) -> bool| -> usize {
            let of_batch = |batch: &Vec<UnitView>| {
                let hosts = batch.iter().filter(|view| wanted(view)).map(|view| view.host_name.clone());
                hosts.collect::<BTreeSet<_>>().len()
            };
            batches.iter().map(of_batch).sum()
        };
        let failures = hosts(&self.fleet.batches[..batch], &|view| failed(&view));
        let all = hosts(&self.fleet.batches, &|_| true);
        let is_tolerated = strategy.on_failure == OnFailure::Ignore
            || strategy.error_threshold.is_some_and(|limit| failures <= limit.at_most(all))
            || (strategy.error_threshold.is_none() && strategy.success_threshold.is_some());
        assert!(failures == 0 || is_tolerated, "I12: {failures} failed");
        if let (Some(percent), false) = (strategy.success_threshold, strategy.on_failure == OnFailure::Ignore) {
            for units in &self.fleet.batches[..batch] {
                let batch = std::slice::from_ref(units);
                let counted = hosts(batch, &|view| view.state != UnitState::Skipped);
                let succeeded = counted - hosts(batch, &|view| failed(&view));
                assert!(succeeded >= percent.needed(counted), "I12: {succeeded} of {counted} succeeded");
            }
        }
        let is_promoted = batch == 0 || self.fleet.direction == Direction::Back || (batch as u32) < self.fleet.promoted;
        let is_behind_canary = batch > 0 && self.fleet.kinds[batch - 1] == BatchKind::Canary;
        let needs_word = match strategy.pause {
            Pause::None => false,
            Pause::AfterCanary => is_behind_canary,
            Pause::BetweenBatches => true,
        };
        let ended_at = earlier.filter_map(|view| view.changed_at).max();
        let rested = ended_at.map_or(i64::MAX, |ended| self.now.duration_since(ended).as_secs());
        let is_over = !needs_word && rested >= i64::from(strategy.pause_seconds);
        assert!(is_promoted || is_over, "I12: the pause before batch {batch} is not over");
    }

    pub(super) fn slots(&self) -> BTreeSet<HostName> {
        self.hosts.iter().filter(|host| !host.slots.is_empty()).map(|host| host.name.clone()).collect()
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

    /// In each batch the units of a host stand side by side.
    pub(super) fn check_companions(&self) {
        for batch in &self.fleet.batches {
            let mut seen = BTreeSet::new();
            for host in batch.chunk_by(|a, b| a.host_name == b.host_name) {
                assert!(seen.insert(&host[0].host_name), "{} is in two places", host[0].host_name);
            }
        }
    }

    /// At the end of a deployment a host has all of its packages or none, unless something broke there, nobody knows, or a person said so.
    pub(crate) fn check_hosts(&self) {
        for host in self.hosts.iter().filter(|host| !host.may_be_half) {
            let new: Vec<bool> = host.meant.iter().map(|part| host.instances[*part].is_new).collect();
            let is_half = new.contains(&true) && new.contains(&false);
            assert!(!is_half, "{} is half: {new:?}, {:?}", host.name, self.fleet);
        }
    }
}

//! The rules that a deployment keeps: which batches may go on, how many may be down, and when a bake is over.

use std::collections::BTreeSet;

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};
use packhorse_model::order::{Aftermath, Health};

use super::companions::by_host;
use super::gates::is_below;
use super::state::{FleetState, Reach, UnitView};

impl FleetState {
    /// Whether new units may be admitted, and let change over (I10).
    pub(crate) fn goes_on(&self) -> bool {
        matches!(
            (self.state, self.direction),
            (DeploymentState::Running, _) | (DeploymentState::RollingBack, Direction::Back)
        )
    }

    /// Whether this unit may be admitted, and change over (I10). In a halted deployment only what a person has retried is: whatever else had been
    /// tried before was cancelled when it halted.
    pub(crate) fn lets_go_on(&self, unit: &UnitView) -> bool {
        self.goes_on() || (self.state == DeploymentState::Halted && unit.epoch > 0)
    }

    /// The first batch that has not met its rule (I12): every unit of it has succeeded, which it does only after its bake, was left out,
    /// or failed. Failures that no threshold allows hold the deployment before its next batch is looked at.
    pub(crate) fn current_batch(&self) -> Option<usize> {
        self.batches.iter().position(|batch| !batch.iter().all(|unit| unit.is_met() || unit.has_ended_badly()))
    }

    /// The batches that may go on: the first that has not met its rule, and behind it those that have begun before, and those that a
    /// person lets go ahead.
    pub(crate) fn active(&self, now: jiff::Timestamp) -> Vec<usize> {
        let Some(first) = self.current_batch() else { return Vec::new() };
        let may_go = |batch: &usize| {
            self.has_begun(*batch)
                || is_below(*batch, self.ahead)
                || (*batch == first && self.gate(*batch, now).is_none())
        };
        (first..self.batches.len()).filter(may_go).collect()
    }

    /// Whether every unit of the batch that may go on is prepared, or beyond.
    pub(crate) fn is_prepared(&self, batch: usize) -> bool {
        let lacks = |unit: &UnitView| {
            (unit.state == UnitState::Pending && self.lets_go_on(unit))
                || (unit.is_before_switch() && unit.state != UnitState::Prepared)
        };
        !self.batches[batch].iter().any(lacks)
    }

    /// Whether what is prepared of this batch may change over.
    pub(crate) fn may_switch(&self, batch: usize) -> bool {
        self.direction == Direction::Back || self.is_prepared(batch)
    }

    /// How many hosts may be down while these batches change.
    pub(crate) fn limit(&self, active: &[usize]) -> usize {
        let hosts = active.iter().map(|batch| by_host(&self.batches[*batch]).count()).sum();
        match (self.strategy.max_unavailable, self.direction) {
            (Some(limit), _) => limit.of(self.group),
            (None, Direction::Forward) => hosts,
            // The way back has one batch at a time, in which no more may be down than on the way forward.
            (None, Direction::Back) => {
                let sizes = self.strategy.batch.sizes(hosts).unwrap_or_default();
                sizes.into_iter().max().unwrap_or(1)
            }
        }
    }

    /// The hosts that are down, or may be (I1), while these batches change.
    ///
    /// If nobody said how many may be down, neither hosts that were down before their turn count, nor those that were given up in
    /// earlier batches: with a limit that is just the size of the batch, one of them would hold up all the others for ever.
    pub(crate) fn down(&self, active: &[usize]) -> BTreeSet<HostName> {
        let is_said = self.strategy.max_unavailable.is_some();
        let counts = |batch: usize, unit: &UnitView| {
            let is_given_up = unit.has_ended_badly() || unit.state == UnitState::Skipped;
            if is_given_up && !is_said && !active.contains(&batch) {
                return false;
            }
            unit.keeps_slot()
                || unit.is_left_broken()
                || (unit.is_unproven() && (is_said || unit.epoch > 0))
                || (unit.is_down_by_itself() && (is_said || !unit.is_before_its_turn()))
        };
        let proven = |host: &HostName| self.units().any(|unit| unit.host_name == *host && unit.is_proven());
        let former = self.former.iter().filter(|unit| unit.keeps_slot() && !proven(&unit.host_name));
        let current = self
            .batches
            .iter()
            .enumerate()
            .flat_map(|(batch, units)| units.iter().filter(move |unit| counts(batch, unit)));
        current.chain(former).map(|unit| unit.host_name.clone()).chain(self.down_elsewhere.iter().cloned()).collect()
    }

    /// When the bake of a unit that bakes is over; `None` if it has none.
    pub(crate) fn bake_end(&self, unit: &UnitView) -> Option<jiff::Timestamp> {
        bake_end(self.bake_seconds(), unit)
    }

    /// How long a unit bakes. What goes back has proven itself before.
    pub(crate) fn bake_seconds(&self) -> u32 {
        match self.direction {
            Direction::Forward => self.strategy.bake_seconds,
            Direction::Back => 0,
        }
    }
}

/// When the bake of `seconds` is over that began with the unit's validation; `None` if it has none.
pub(crate) fn bake_end(seconds: u32, unit: &UnitView) -> Option<jiff::Timestamp> {
    if seconds == 0 || !unit.leaves_running() {
        return None;
    }
    unit.validated_at.map(|at| after(at, seconds))
}

/// `seconds` after `at`.
pub(crate) fn after(at: jiff::Timestamp, seconds: u32) -> jiff::Timestamp {
    at.saturating_add(jiff::SignedDuration::from_secs(i64::from(seconds))).unwrap_or(jiff::Timestamp::MAX)
}

impl UnitView {
    fn is_before_its_turn(&self) -> bool {
        matches!(self.state, UnitState::Pending | UnitState::Preparing | UnitState::Prepared | UnitState::Cancelled)
    }

    fn is_down_by_itself(&self) -> bool {
        self.leaves_running() && (self.health == Health::Unhealthy || self.reach != Reach::Online)
    }

    /// Whether it holds a slot. Where nothing more will be told of the attempt, the health that the host tells of is the evidence.
    fn keeps_slot(&self) -> bool {
        let is_in_doubt = self.in_doubt && matches!(self.state, UnitState::Pending | UnitState::Preparing);
        is_in_doubt || (self.state.holds_slot() && !(self.is_lost() && self.health == Health::Healthy))
    }

    /// Whether the slot that an attempt before took is kept, whatever the unit waits for now: for a retry, the host has to prove itself first.
    fn is_unproven(&self) -> bool {
        self.unproven && self.health != Health::Healthy
    }

    /// Whether its last attempt left nothing that works, also if a person has left the unit out since; a slot is given back only when the host tells that it is healthy again.
    fn is_left_broken(&self) -> bool {
        let is_broken = match self.state {
            UnitState::Failed => matches!(self.aftermath, Some(Aftermath::Broken) | None),
            UnitState::Skipped => self.aftermath == Some(Aftermath::Broken),
            _ => false,
        };
        is_broken && self.health != Health::Healthy
    }
}

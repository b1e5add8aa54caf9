//! The gates of a deployment: pauses between batches, thresholds of failures, and the deadline for getting on.

use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, UnitState};
use packhorse_model::strategy::{OnFailure, Pause};

use super::companions::{by_host, has_failed, is_left_out};
use super::rules::after;
use super::state::{FleetState, Reach, UnitView};

/// What a batch waits for before it begins, when those before it are at their end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gate {
    /// A person's word.
    Word,
    /// This time.
    Time(jiff::Timestamp),
}

impl FleetState {
    /// Whether it goes on, and forwards: only then failures and gates say anything.
    pub(crate) fn runs_forward(&self) -> bool {
        self.state == DeploymentState::Running && self.direction == Direction::Forward
    }

    /// Whether any unit of the batch has been let go.
    pub(crate) fn has_begun(&self, batch: usize) -> bool {
        self.batches[batch].iter().any(|unit| unit.epoch > 0)
    }

    /// What the batch waits for, if nothing else; a batch that has begun waits for nothing.
    pub(crate) fn gate(&self, batch: usize, now: jiff::Timestamp) -> Option<Gate> {
        let is_past = batch == 0 || self.direction == Direction::Back || self.has_begun(batch);
        if is_past || is_below(batch, self.promoted) || is_below(batch, self.ahead) {
            return None;
        }
        if self.needs_word(batch) {
            return Some(Gate::Word);
        }
        if self.strategy.pause_seconds == 0 {
            return None;
        }
        let ended_at = self.batches[..batch].iter().flatten().filter_map(|unit| unit.changed_at).max()?;
        let until = after(ended_at, self.strategy.pause_seconds);
        (now < until).then_some(Gate::Time(until))
    }

    /// Whether the strategy has the batch wait for a person's word.
    pub(crate) fn needs_word(&self, batch: usize) -> bool {
        match self.strategy.pause {
            Pause::None => false,
            Pause::AfterCanary => batch.checked_sub(1).is_some_and(|before| self.is_canary(before)),
            Pause::BetweenBatches => batch > 0,
        }
    }

    fn is_canary(&self, batch: usize) -> bool {
        self.kinds.get(batch) == Some(&BatchKind::Canary)
    }

    /// Whether somebody has to decide about units of this deployment: more failed than the thresholds allow, or some were cancelled.
    pub(crate) fn needs_decision(&self) -> bool {
        self.is_beyond_thresholds() || self.units().any(|unit| unit.state == UnitState::Cancelled)
    }

    /// Whether more failed than the thresholds allow. On the way back nothing may.
    pub(crate) fn is_beyond_thresholds(&self) -> bool {
        let failures = self.hosts().filter(|host| has_failed(host)).count();
        if failures == 0 || self.direction == Direction::Back {
            return failures > 0;
        }
        let fails = |batch: &Vec<UnitView>| by_host(batch).any(has_failed);
        let numbered = || self.batches.iter().enumerate();
        if numbered().any(|(number, batch)| fails(batch) && self.is_foundation(number)) {
            return true;
        }
        if self.strategy.on_failure == OnFailure::Ignore {
            return false;
        }
        let (success, error) = (self.strategy.success_threshold, self.strategy.error_threshold);
        let is_batch_beyond = |(number, batch): (usize, &Vec<UnitView>)| {
            let counted = by_host(batch).filter(|host| !is_left_out(host)).count();
            let failures = by_host(batch).filter(|host| has_failed(host)).count();
            let allowed = match success {
                _ if self.is_canary(number) => 0,
                Some(percent) => counted - percent.needed(counted),
                None => counted,
            };
            failures > allowed
        };
        let is_strict = success.is_none() && error.is_none();
        let is_error = error.is_some_and(|error| failures > error.at_most(self.hosts().count()));
        is_strict || is_error || numbered().any(is_batch_beyond)
    }

    /// The units that should get on and do not, if nothing has got on anywhere for longer than the strategy allows.
    pub(crate) fn standing_still(&self, now: jiff::Timestamp) -> impl Iterator<Item = &UnitView> {
        let last = self.units().filter_map(|unit| unit.changed_at).max();
        let deadline = self.strategy.progress_seconds.zip(last).map(|(seconds, last)| after(last, seconds));
        // What a guard rail holds cannot get on.
        let may_get_on = self.direction == Direction::Forward && self.holds.is_empty();
        let is_over = may_get_on && deadline.is_some_and(|deadline| now >= deadline);
        let active = if is_over { self.active(now) } else { Vec::new() };
        let due = active.into_iter().flat_map(|batch| &self.batches[batch]).filter(|unit| {
            let is_out_of_reach = unit.is_untried() && (unit.reach != Reach::Online || unit.occupied);
            is_out_of_reach || (unit.is_moving() && unit.state != UnitState::Baking)
        });
        due.filter(move |_| is_over)
    }
}

/// Whether a batch has a number below this one.
pub(crate) fn is_below(batch: usize, number: u32) -> bool {
    u32::try_from(batch).is_ok_and(|batch| batch < number)
}

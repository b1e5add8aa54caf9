//! What an agent reports, as a change of its unit.

use packhorse_model::deployment::{UnitFailure, UnitState};
use packhorse_model::order::{Aftermath, AttemptResult, Grant, Health, Report, ReportEvent, UnitAction};
use packhorse_model::step::{StepKind, StepOutcome};

use super::state::leaves_running;

/// The attempt that a report is about, and its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptView {
    /// What is done.
    pub action: UnitAction,
    /// Where the unit stands.
    pub state: UnitState,
    /// The epoch of the unit's current attempt.
    pub epoch: u32,
    /// How far the attempt of the report may go.
    pub grant: Grant,
    /// Whether the attempt of the report is open.
    pub attempt_open: bool,
    /// The highest sequence of it that was folded; 0 if none.
    pub sequence: u32,
}

/// What a report proves of an instance, so that a slot is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence {
    /// It is as ordered, or works as it did before: whoever took its slot gives it back.
    Proven,
    /// The attempt leaves it as it found it, whatever that was: what this attempt took, it gives back.
    AsFound,
}

impl Evidence {
    /// What a failure proves that left this.
    pub(crate) fn of_failure(action: UnitAction, left: Aftermath) -> Option<Self> {
        match left {
            Aftermath::Restored if action != UnitAction::Start => Some(Self::Proven),
            Aftermath::Restored | Aftermath::Untouched | Aftermath::Removed | Aftermath::Ran => Some(Self::AsFound),
            Aftermath::Broken => None,
        }
    }
}

/// What a report changes. Everything that is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnitChange {
    /// The highest sequence of the attempt that is folded now.
    pub sequence: Option<u32>,
    /// Where the unit stands.
    pub state: Option<UnitState>,
    /// The step that runs, or ran last.
    pub step: Option<StepKind>,
    /// Bytes that came over the network.
    pub fetched_bytes: Option<u64>,
    /// Set when everything is on the host.
    pub prepared_at: Option<jiff::Timestamp>,
    /// Set when the instance is as ordered; the bake counts from here.
    pub validated_at: Option<jiff::Timestamp>,
    /// Why the unit failed or is unknown.
    pub failure: Option<UnitFailure>,
    /// Whether the attempt has ended.
    pub attempt_ended: bool,
    /// The health of the instance, of which the report is the newest evidence.
    pub health: Option<Health>,
    /// What it proves.
    pub evidence: Option<Evidence>,
}

impl UnitChange {
    /// Whether there is nothing to write.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Folds a report. A report that was folded before, or comes after the end of its attempt, changes nothing. One of an earlier epoch
/// only ends its attempt. A unit in a terminal state stays in it (I7). `now` is the server's clock, by which the bake is counted.
///
/// Reports of one sync are folded before the instances of the same sync are stored, since these are newer.
#[must_use]
pub fn fold(view: &AttemptView, report: &Report, now: jiff::Timestamp) -> UnitChange {
    if report.sequence <= view.sequence || !view.attempt_open {
        return UnitChange::default();
    }
    let mut change = UnitChange {
        sequence: Some(report.sequence),
        attempt_ended: matches!(report.event, ReportEvent::Finished { .. }),
        ..UnitChange::default()
    };
    let is_final = !(view.state.is_in_flight() || view.state == UnitState::Pending);
    if report.epoch != view.epoch || is_final {
        return change;
    }
    match &report.event {
        ReportEvent::Accepted | ReportEvent::Ledger { .. } | ReportEvent::Ran { .. } => {}
        ReportEvent::StepStarted { step, .. } => change.step = Some(*step),
        ReportEvent::StepFinished { step, outcome, .. } => {
            change.step = Some(*step);
            if let StepOutcome::Failed { message } = outcome {
                change.failure = Some(failure(report, *step, message, None));
            }
        }
        ReportEvent::Prepared { fetched_bytes } => {
            change.fetched_bytes = Some(*fetched_bytes);
            change.prepared_at = Some(now);
            if view.grant == Grant::Prepare && matches!(view.state, UnitState::Preparing | UnitState::Unknown) {
                change.state = Some(UnitState::Prepared);
            }
        }
        ReportEvent::Validated => {
            change.validated_at = Some(now);
            change.evidence = Some(Evidence::Proven);
            change.health = leaves_running(view.action).then_some(Health::Healthy);
            if view.grant == Grant::Switch && matches!(view.state, UnitState::Switching | UnitState::Unknown) {
                change.state = Some(UnitState::Baking);
            }
        }
        ReportEvent::Finished { result } => finished(&mut change, view, report, result),
    }
    change
}

fn finished(change: &mut UnitChange, view: &AttemptView, report: &Report, result: &AttemptResult) {
    match result {
        AttemptResult::Succeeded => {
            change.state = Some(UnitState::Succeeded);
            change.evidence = Some(Evidence::Proven);
            // Health after the validation is the monitors' to tell.
            if matches!(view.state, UnitState::Switching) {
                change.health = leaves_running(view.action).then_some(Health::Healthy);
            }
        }
        AttemptResult::Failed { step, message, aftermath } => {
            change.state = Some(UnitState::Failed);
            change.failure = Some(failure(report, *step, message, Some(*aftermath)));
            change.health = match aftermath {
                // What was restored after a failed start is a stopped instance.
                Aftermath::Restored => (view.action != UnitAction::Start).then_some(Health::Healthy),
                Aftermath::Broken => Some(Health::Unhealthy),
                Aftermath::Untouched | Aftermath::Removed | Aftermath::Ran => None,
            };
            change.evidence = Evidence::of_failure(view.action, *aftermath);
        }
        AttemptResult::Unknown { step, evidence } => {
            change.state = Some(UnitState::Unknown);
            change.failure = Some(failure(report, *step, evidence, None));
            // What was known of the instance is no evidence any more.
            change.health = Some(Health::Unknown);
        }
        AttemptResult::Cancelled => {
            change.evidence = Some(Evidence::AsFound);
            // What waits for a new attempt waits for this end, and is not cancelled by it once more.
            change.state = (view.state != UnitState::Pending).then_some(UnitState::Cancelled);
        }
    }
}

fn failure(report: &Report, step: StepKind, message: &str, aftermath: Option<Aftermath>) -> UnitFailure {
    UnitFailure { attempt: report.attempt, step, message: message.to_owned(), aftermath, companion: None }
}

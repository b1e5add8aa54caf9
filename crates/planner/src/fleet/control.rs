//! A person's word about how a deployment goes on: to let the next batch begin, and to change the batches that have not begun.

use packhorse_model::deployment::{BatchKind, DeploymentState, Direction, Plan, PlannedUnit, UnitState};
use packhorse_model::ids::PlanId;
use packhorse_model::strategy::{BatchExpression, OnFailure, StrategyError};

use super::companions::{foundations, has_failed, last_foundations};
use super::gates::is_below;
use super::plan::rolling;
use super::retry::{RetryError, again, leave};
use super::state::{FleetState, Transition, UnitView};

/// Why a word about how a deployment goes on is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// It does not go forwards.
    #[error("the deployment does not go on: only one that is running or paused can be let go further, or changed")]
    NotRunning,
    /// Every batch has begun.
    #[error("every batch of the deployment has begun")]
    NoBatchLeft,
    /// The next batch waits for nobody's word.
    #[error("batch {} begins by itself when those before it are at their end", .batch + 1)]
    NoPause {
        /// The batch, from 0.
        batch: u32,
    },
    /// Another batch is the next.
    #[error("the next batch is {}", .next + 1)]
    OtherBatch {
        /// The next one, from 0.
        next: u32,
    },
    /// Something still holds it.
    #[error("hosts of the deployment failed: retry them, leave them out, roll back or abort")]
    HasFailed,
    /// The batches cannot be made.
    #[error(transparent)]
    Strategy(#[from] StrategyError),
    /// What failed cannot be left out now.
    #[error(transparent)]
    Retry(#[from] RetryError),
}

/// Lets a deployment go on that was paused; or one that is halted although nothing that failed holds it any more.
///
/// # Errors
/// When it is neither.
pub fn resume(state: &FleetState) -> Result<Vec<Transition>, ControlError> {
    match state.state {
        DeploymentState::Running => return Ok(Vec::new()),
        DeploymentState::Paused => {}
        DeploymentState::Halted if !state.needs_decision() => {}
        DeploymentState::Halted => return Err(ControlError::HasFailed),
        _ => return Err(ControlError::NotRunning),
    }
    Ok(vec![Transition::Deployment { from: state.state, to: DeploymentState::Running }])
}

/// Lets the next batch begin as soon as those before it are at their end, without the strategy's pause. `batch` says which is meant: what has
/// begun already is no error, so that a word that is said twice lets only one batch go.
///
/// In a deployment that was halted under [`OnFailure::Ask`] it is the answer to go on without what failed.
///
/// # Errors
/// When no batch waits for a word.
pub fn promote(state: &FleetState, batch: Option<u32>) -> Result<Vec<Transition>, ControlError> {
    if state.state == DeploymentState::Halted && state.strategy.on_failure == OnFailure::Ask {
        return go_without_failed(state);
    }
    let Some(next) = next(state, batch)? else { return Ok(Vec::new()) };
    let has_pause = state.needs_word(next as usize) || state.strategy.pause_seconds > 0;
    if !has_pause {
        return Err(ControlError::NoPause { batch: next });
    }
    let is_promoted = is_below(next as usize, state.promoted);
    Ok(if is_promoted { Vec::new() } else { vec![Transition::Promote { below: next + 1 }] })
}

/// Lets the next batch begin now, although those before it are not at their end: whatever still changes or bakes there. How many may be down
/// holds over all of them.
///
/// # Errors
/// When no batch is left to begin.
pub fn skip_ahead(state: &FleetState, batch: Option<u32>) -> Result<Vec<Transition>, ControlError> {
    let Some(next) = next(state, batch)? else { return Ok(Vec::new()) };
    let is_ahead = is_below(next as usize, state.ahead);
    Ok(if is_ahead { Vec::new() } else { vec![Transition::SkipAhead { below: next + 1 }] })
}

/// The next batch that has not begun; none if the one that is meant has.
fn next(state: &FleetState, meant: Option<u32>) -> Result<Option<u32>, ControlError> {
    let goes_on = matches!(state.state, DeploymentState::Running | DeploymentState::Paused);
    if !goes_on || state.direction == Direction::Back {
        return Err(ControlError::NotRunning);
    }
    let is_past = |units: &[UnitView]| units.iter().any(|unit| unit.epoch > 0) || units.iter().all(UnitView::is_met);
    let numbered = (0_u32..).zip(&state.batches);
    let next = numbered.clone().skip(1).find(|(_, units)| !is_past(units)).map(|(number, _)| number);
    let mut past = numbered.filter(|(_, units)| is_past(units)).map(|(number, _)| number);
    match (meant, next) {
        (Some(meant), _) if past.any(|number| number == meant) => Ok(None),
        (_, None) => Err(ControlError::NoBatchLeft),
        (Some(meant), Some(next)) if meant != next => Err(ControlError::OtherBatch { next }),
        (_, Some(next)) => Ok(Some(next)),
    }
}

fn go_without_failed(state: &FleetState) -> Result<Vec<Transition>, ControlError> {
    if let Some(unit) = state.units().find(|unit| unit.state == UnitState::Restoring) {
        return Err(RetryError::GoingBack(unit.host_name.clone()).into());
    }
    let mut transitions = Vec::new();
    for host in state.hosts() {
        let change: fn(&UnitView) -> Transition = if has_failed(host) { leave } else { again };
        transitions.extend(host.iter().filter(|unit| unit.has_failed()).map(change));
    }
    transitions.push(Transition::Deployment { from: state.state, to: DeploymentState::Running });
    Ok(transitions)
}

/// The plan `id` that follows `plan`, with the hosts that have not begun in other batches. What has begun stays as it is, and so does the
/// canary, and so do the databases that come before it, or behind everything where it leads back; the expression is applied to the hosts behind them, and its percentages are of these.
/// Units keep their identities.
///
/// # Errors
/// When the deployment does not go forwards, and when there would be too many batches.
pub fn resize(
    plan: &Plan,
    state: &FleetState,
    batch: Option<&BatchExpression>,
    id: PlanId,
) -> Result<Plan, ControlError> {
    let goes_on = matches!(state.state, DeploymentState::Running | DeploymentState::Paused | DeploymentState::Halted);
    if !goes_on || state.direction == Direction::Back {
        return Err(ControlError::NotRunning);
    }
    let mut batches = plan.batches.clone();
    if let Some(expression) = batch {
        let begun = (0..state.batches.len()).rev().find(|batch| state.has_begun(*batch)).map_or(0, |batch| batch + 1);
        let first = foundations(&batches);
        let canaries = batches.iter().skip(first).take_while(|batch| batch.kind == BatchKind::Canary).count();
        let mut rest = batches.split_off(begun.max(first + canaries).min(batches.len()));
        let last = rest.split_off(rest.len() - last_foundations(&plan.batches).min(rest.len()));
        let units: Vec<PlannedUnit> = rest.into_iter().flat_map(|batch| batch.units).collect();
        if units.is_empty() {
            return Err(ControlError::NoBatchLeft);
        }
        batches.extend(rolling(units, expression)?);
        batches.extend(last);
    }
    Ok(Plan { id, parent: Some(plan.id), direction: plan.direction, batches })
}

//! A person's word about what failed: to try it again, to leave it out, or what became of it.

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};
use packhorse_model::ids::UnitId;
use packhorse_model::order::Aftermath;

use super::companions::is_held;
use super::state::{FleetState, Transition, Trouble, UnitView};

/// Why a word about units is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetryError {
    /// The deployment has no failures that could be decided about.
    #[error("the deployment is not held by a failure, and none is tolerated, so there is nothing to decide")]
    NotHalted,
    /// Nothing waits for a retry.
    #[error("no unit of this deployment failed, was cancelled or is unknown")]
    NothingFailed,
    /// A host is not among those that failed.
    #[error("{0} is not a host at which this deployment failed, was cancelled or is unknown")]
    NotFailed(HostName),
    /// What became of the last attempt may yet be told.
    #[error("{0} is not heard of, and its last attempt has not ended: bring the host back, or remove it")]
    StillOpen(HostName),
    /// The way back after a failed bake is not at its end.
    #[error("{0} is going back to the version before: wait until it is there")]
    GoingBack(HostName),
    /// Only what is unknown can be confirmed.
    #[error("{0} is not unknown: what became of it is known")]
    NotUnknown(HostName),
}

/// What a person found on the host of an unknown unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It is as ordered.
    Succeeded,
    /// It is not, and this is what stands there.
    Failed(Aftermath),
}

/// Makes units that failed, were cancelled or are unknown wait for a new attempt. A host that is not heard of is left to settle by itself.
///
/// Without `hosts`, or if what else failed is tolerated, what was cancelled because of them goes along and a halted deployment goes on.
/// Otherwise it stays halted: only these hosts go on, each as far as it gets, within the limit of what may be down; nothing else begins.
///
/// # Errors
/// When nothing failed, when one of `hosts` did not, and when the last attempt of one may still go on.
pub fn retry(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let chosen = chosen(state, hosts, |_| false)?;
    Ok(go_on(state, chosen.into_iter().map(again).collect()))
}

/// As [`retry`] of these hosts, also if their last attempt is open and nobody knows how it stands: it is superseded, and whatever is reported of it
/// later does not count. On the host the new attempt begins when the old one has come to its end.
///
/// # Errors
/// When one of them neither failed nor is unknown.
pub fn force(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let is_unknown = |unit: &UnitView| unit.state == UnitState::Unknown;
    let chosen = chosen(state, hosts, is_unknown)?;
    Ok(go_on(state, chosen.into_iter().flat_map(|unit| superseded(unit).into_iter().chain([again(unit)])).collect()))
}

/// Leaves units out that failed, were cancelled or are unknown, or that have not begun: the deployment no longer waits for them, and goes on when
/// no other failure holds it. A host that has nothing that works goes on counting as down.
///
/// # Errors
/// As [`retry`].
pub fn skip(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let chosen = chosen(state, hosts, UnitView::is_untried)?;
    Ok(go_on(state, chosen.into_iter().map(leave).collect()))
}

/// Settles a unit of which nobody knows by what a person found on its host. An attempt that is open is superseded.
///
/// # Errors
/// When the unit is not unknown.
pub fn confirm(state: &FleetState, unit: UnitId, found: Found, reason: &str) -> Result<Vec<Transition>, RetryError> {
    let view = state.all().find(|view| view.unit == unit).ok_or(RetryError::NothingFailed)?;
    if view.state != UnitState::Unknown {
        return Err(RetryError::NotUnknown(view.host_name.clone()));
    }
    let (to, trouble) = match found {
        Found::Succeeded => (UnitState::Succeeded, None),
        Found::Failed(aftermath) => {
            let message = format!("a person looked at the host: {reason}");
            (UnitState::Failed, Some(Trouble { message, aftermath: Some(aftermath), companion: None }))
        }
    };
    let mut transitions: Vec<Transition> = superseded(view).into_iter().collect();
    transitions.push(Transition::Unit { unit, from: view.state, to, grant: None, trouble });
    if found == Found::Succeeded
        && state.state == DeploymentState::Halted
        && !after(state, &transitions).is_beyond_thresholds()
    {
        let held = state.hosts().filter(|host| is_held(host)).flatten();
        let goes_along =
            |unit: &&UnitView| unit.unit != view.unit && unit.has_failed() && unit.state != UnitState::Restoring;
        transitions.extend(held.filter(goes_along).map(again));
    }
    Ok(go_on(state, transitions))
}

/// The unit waits for a new attempt.
pub(crate) fn again(unit: &UnitView) -> Transition {
    Transition::Unit { unit: unit.unit, from: unit.state, to: UnitState::Pending, grant: None, trouble: None }
}

/// The unit is left out.
pub(crate) fn leave(unit: &UnitView) -> Transition {
    Transition::Unit {
        unit: unit.unit,
        from: unit.state,
        to: UnitState::Skipped,
        grant: None,
        trouble: left_behind(unit),
    }
}

fn superseded(unit: &UnitView) -> Option<Transition> {
    unit.attempt_open.then_some(Transition::Supersede { unit: unit.unit })
}

/// What a unit that is left out leaves, where its last attempt did not tell: as long as nobody knows better, nothing that works.
fn left_behind(unit: &UnitView) -> Option<Trouble> {
    let (message, aftermath) = match (unit.state, unit.aftermath) {
        (UnitState::Cancelled | UnitState::Pending, _) => {
            ("left out before anything was touched", Aftermath::Untouched)
        }
        (_, None) => ("left out while nobody knows what is on the host: look at it", Aftermath::Broken),
        (_, Some(_)) => return None,
    };
    Some(Trouble { message: message.to_owned(), aftermath: Some(aftermath), companion: None })
}

/// The units that are meant, each of which must have failed and be at its end, or be one that `also` may be chosen.
fn chosen<'a>(
    state: &'a FleetState,
    hosts: &[HostName],
    also: impl Fn(&UnitView) -> bool,
) -> Result<Vec<&'a UnitView>, RetryError> {
    let is_named = |unit: &UnitView| hosts.contains(&unit.host_name);
    let may_decide = match (state.state, state.direction) {
        (DeploymentState::Halted, _) | (DeploymentState::RollingBack, Direction::Back) => true,
        (DeploymentState::Running | DeploymentState::Paused, Direction::Forward) => {
            state.units().any(|unit| unit.has_ended_badly() || (is_named(unit) && also(unit)))
        }
        _ => false,
    };
    if !may_decide {
        return Err(RetryError::NotHalted);
    }
    let may_choose = |unit: &UnitView| unit.has_failed() || also(unit);
    for host in hosts {
        let units = || state.units().filter(|unit| unit.host_name == *host);
        if units().any(|unit| unit.state == UnitState::Unknown && !may_choose(unit)) {
            return Err(RetryError::StillOpen(host.clone()));
        }
        if !units().any(may_choose) {
            return Err(RetryError::NotFailed(host.clone()));
        }
    }
    let is_meant = |unit: &UnitView| match hosts.is_empty() {
        true => unit.has_failed(),
        false => is_named(unit) && may_choose(unit),
    };
    let meant: Vec<Transition> = state.units().filter(|unit| is_meant(unit)).map(again).collect();
    let is_whole = !after(state, &meant).is_beyond_thresholds();
    let of_host = |host| {
        let goes_along = is_whole && is_held(host);
        host.iter().filter(move |unit| is_meant(unit) || (goes_along && unit.has_failed()))
    };
    let chosen: Vec<&UnitView> = state.hosts().flat_map(of_host).collect();
    match chosen.iter().find(|unit| unit.state == UnitState::Restoring) {
        Some(unit) => Err(RetryError::GoingBack(unit.host_name.clone())),
        None if chosen.is_empty() => Err(RetryError::NothingFailed),
        None => Ok(chosen),
    }
}

/// A halted deployment goes on when these were all that held it.
fn go_on(state: &FleetState, mut transitions: Vec<Transition>) -> Vec<Transition> {
    if state.state == DeploymentState::Halted && !after(state, &transitions).needs_decision() {
        transitions.push(Transition::Deployment { from: state.state, to: DeploymentState::Running });
    }
    transitions
}

/// The state with these transitions written, at whatever time.
fn after(state: &FleetState, transitions: &[Transition]) -> FleetState {
    let mut state = state.clone();
    for transition in transitions {
        state.apply(transition, jiff::Timestamp::UNIX_EPOCH);
    }
    state
}

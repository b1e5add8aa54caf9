//! A person's word about what failed: to try it again, or to leave it out.

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};
use packhorse_model::order::Aftermath;

use super::state::{FleetState, Transition, Trouble, UnitView};

/// Why a retry, or leaving a unit out, is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RetryError {
    /// The deployment is not held by a failure.
    #[error("the deployment is not halted by a failure, so there is nothing to retry")]
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
}

/// Makes units that failed, were cancelled or are unknown wait for a new attempt. A host that is not heard of is left to settle by itself.
///
/// Without `hosts`, or if they are all that failed, what was cancelled because of them goes along and the deployment goes on. If others failed as
/// well, it stays halted: only these hosts go on, each as far as it gets, within the limit of what may be down; nothing else begins.
///
/// # Errors
/// When nothing failed, when one of `hosts` did not, and when the last attempt of one may still go on.
pub fn retry(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let chosen = chosen(state, hosts)?;
    let again = |unit: &UnitView| Transition::Unit {
        unit: unit.unit,
        from: unit.state,
        to: UnitState::Pending,
        grant: None,
        trouble: None,
    };
    Ok(go_on(state, &chosen, again))
}

/// Leaves units out that failed, were cancelled or are unknown: the deployment no longer waits for them, and goes on when no other failed. A host that
/// has nothing that works goes on counting as down.
///
/// # Errors
/// As [`retry`].
pub fn skip(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let chosen = chosen(state, hosts)?;
    let leave = |unit: &UnitView| Transition::Unit {
        unit: unit.unit,
        from: unit.state,
        to: UnitState::Skipped,
        grant: None,
        trouble: left_behind(unit),
    };
    Ok(go_on(state, &chosen, leave))
}

/// What a unit that is left out leaves, where its last attempt did not tell: as long as nobody knows better, nothing that works.
fn left_behind(unit: &UnitView) -> Option<Trouble> {
    let (message, aftermath) = match (unit.state, unit.aftermath) {
        (UnitState::Cancelled, _) => ("left out before anything was touched", Aftermath::Untouched),
        (_, None) => ("left out while nobody knows what is on the host: look at it", Aftermath::Broken),
        (_, Some(_)) => return None,
    };
    Some(Trouble { message: message.to_owned(), aftermath: Some(aftermath) })
}

/// The units that are meant, each of which must have failed and be at its end.
fn chosen<'a>(state: &'a FleetState, hosts: &[HostName]) -> Result<Vec<&'a UnitView>, RetryError> {
    let is_back = (state.state, state.direction) == (DeploymentState::RollingBack, Direction::Back);
    if state.state != DeploymentState::Halted && !is_back {
        return Err(RetryError::NotHalted);
    }
    for host in hosts {
        let unit = state.units().find(|unit| unit.host_name == *host);
        match unit.map(|unit| (unit.has_failed(), unit.state)) {
            Some((true, _)) => {}
            Some((false, UnitState::Unknown)) => return Err(RetryError::StillOpen(host.clone())),
            _ => return Err(RetryError::NotFailed(host.clone())),
        }
    }
    let is_meant = |unit: &UnitView| hosts.is_empty() || hosts.contains(&unit.host_name);
    let failed: Vec<&UnitView> = state.units().filter(|unit| unit.has_failed()).collect();
    let is_whole = failed.iter().all(|unit| unit.state == UnitState::Cancelled || is_meant(unit));
    let chosen: Vec<&UnitView> =
        failed.into_iter().filter(|unit| is_meant(unit) || (is_whole && unit.state == UnitState::Cancelled)).collect();
    match chosen.iter().find(|unit| unit.state == UnitState::Restoring) {
        Some(unit) => Err(RetryError::GoingBack(unit.host_name.clone())),
        None if chosen.is_empty() => Err(RetryError::NothingFailed),
        None => Ok(chosen),
    }
}

/// These units change, and a halted deployment goes on if nothing else holds it.
fn go_on(state: &FleetState, chosen: &[&UnitView], change: impl Fn(&UnitView) -> Transition) -> Vec<Transition> {
    let mut transitions: Vec<Transition> = chosen.iter().copied().map(change).collect();
    let is_held = state.units().filter(|unit| unit.has_failed()).count() > chosen.len();
    if state.state == DeploymentState::Halted && !is_held {
        transitions.push(Transition::Deployment { from: state.state, to: DeploymentState::Running });
    }
    transitions
}

//! A person's word to try again.

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState};

use super::state::{FleetState, Transition, UnitView};

/// Why a retry is refused.
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
    /// Another host failed as well, for which the deployment would halt again at once.
    #[error("{0} failed as well: retry it too, roll back, or abort and deploy to fewer hosts")]
    OthersFailed(HostName),
    /// What became of the last attempt may yet be told.
    #[error("{0} is not heard of, and its last attempt has not ended: bring the host back, or remove it")]
    StillOpen(HostName),
    /// The way back after a failed bake is not at its end.
    #[error("{0} is going back to the version before: wait until it is there")]
    GoingBack(HostName),
}

/// Makes units that failed, were cancelled or are unknown wait for a new attempt, and lets the deployment go on. `hosts` may name
/// those that failed, so that nothing is retried that its caller does not know of; what was cancelled because of them goes along.
/// A host that is not heard of is left to settle by itself.
///
/// # Errors
/// When nothing failed, when one of `hosts` did not, when others failed as well, and when the last attempt of one may still go on.
pub fn retry(state: &FleetState, hosts: &[HostName]) -> Result<Vec<Transition>, RetryError> {
    let is_halted = state.state == DeploymentState::Halted;
    if !is_halted && (state.state, state.direction) != (DeploymentState::RollingBack, Direction::Back) {
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
    let failed: Vec<&UnitView> = state.units().filter(|unit| unit.has_failed()).collect();
    for unit in &failed {
        if unit.state == UnitState::Restoring {
            return Err(RetryError::GoingBack(unit.host_name.clone()));
        }
        let goes_along = unit.state == UnitState::Cancelled || hosts.is_empty() || hosts.contains(&unit.host_name);
        if !goes_along {
            return Err(RetryError::OthersFailed(unit.host_name.clone()));
        }
    }
    if failed.is_empty() {
        return Err(RetryError::NothingFailed);
    }
    let again = |unit: &UnitView| Transition::Unit {
        unit: unit.unit,
        from: unit.state,
        to: UnitState::Pending,
        grant: None,
        trouble: None,
    };
    let mut transitions: Vec<Transition> = failed.into_iter().map(again).collect();
    if is_halted {
        transitions.push(Transition::Deployment { from: state.state, to: DeploymentState::Running });
    }
    Ok(transitions)
}

//! What a deployment waits for, in words that a person can act on.

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, Direction, UnitState, Waiting};

use super::state::{FleetState, Reach, UnitView};

/// What the deployment waits for, the most pressing first.
pub(crate) fn waiting(state: &FleetState) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    match state.state {
        DeploymentState::Paused => waiting.push(Waiting::Resume),
        DeploymentState::Halted => waiting.push(Waiting::Decision { failed: failed(state) }),
        _ => {}
    }
    let batch = state.current_batch().filter(|_| state.goes_on() || state.state == DeploymentState::Halted);
    let of_batch = |wanted: &dyn Fn(&UnitView) -> bool| -> Vec<HostName> {
        let units = batch.map_or(&[][..], |batch| &state.batches[batch]);
        units.iter().filter(|unit| state.lets_go_on(unit) && wanted(unit)).map(|unit| unit.host_name.clone()).collect()
    };

    let mut unreachable = hosts(state, |unit| unit.state == UnitState::Unknown && !unit.is_lost());
    unreachable.extend(of_batch(&|unit| unit.state == UnitState::Pending && unit.reach != Reach::Online));
    push(&mut waiting, unreachable, |hosts| Waiting::Unreachable { hosts });

    let preparing = hosts(state, |unit| unit.state == UnitState::Preparing);
    push(&mut waiting, preparing, |hosts| Waiting::Preparing { hosts });

    let mut switching =
        hosts(state, |unit| matches!(unit.state, UnitState::Switching | UnitState::Restoring | UnitState::Retiring));
    // An earlier attempt has to end on the host before another may begin.
    switching
        .extend(of_batch(&|unit| unit.state == UnitState::Pending && unit.reach == Reach::Online && unit.occupied));
    push(&mut waiting, switching, |hosts| Waiting::Switching { hosts });

    if let Some(batch) = batch {
        let may_switch = state.direction == Direction::Back || state.is_prepared(batch);
        if may_switch && state.batches[batch].iter().any(|unit| unit.state == UnitState::Prepared) {
            let limit = u32::try_from(state.limit(batch)).unwrap_or(u32::MAX);
            waiting.push(Waiting::Slot { limit, down: state.down().into_iter().collect() });
        }
    }
    for (batch, units) in state.batches.iter().enumerate() {
        let baking = units.iter().filter(|unit| unit.state == UnitState::Baking);
        if let Some(until) = baking.filter_map(|unit| state.bake_end(unit)).max() {
            waiting.push(Waiting::Bake { batch: u32::try_from(batch).unwrap_or(u32::MAX), until });
        }
    }
    waiting
}

/// The hosts that failed, and not those that were only cancelled because of them.
fn failed(state: &FleetState) -> Vec<HostName> {
    let failed = hosts(state, |unit| unit.has_failed() && unit.state != UnitState::Cancelled);
    if failed.is_empty() { hosts(state, UnitView::has_failed) } else { failed }
}

fn hosts(state: &FleetState, wanted: impl Fn(&UnitView) -> bool) -> Vec<HostName> {
    state.all().filter(|unit| wanted(unit)).map(|unit| unit.host_name.clone()).collect()
}

fn push(waiting: &mut Vec<Waiting>, mut hosts: Vec<HostName>, what: impl Fn(Vec<HostName>) -> Waiting) {
    if !hosts.is_empty() {
        hosts.sort_by(|a, b| super::natural(a.as_str(), b.as_str()));
        hosts.dedup();
        waiting.push(what(hosts));
    }
}

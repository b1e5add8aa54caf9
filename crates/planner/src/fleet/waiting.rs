//! What a deployment waits for, in words that a person can act on.

use packhorse_model::HostName;
use packhorse_model::deployment::{DeploymentState, UnitState, WAITING_NAMED, Waiting};
use packhorse_model::strategy::OnFailure;

use super::companions::{by_host, has_failed, has_turn};
use super::gates::Gate;
use super::state::{FleetState, Reach, UnitView};

/// What the deployment waits for, the most pressing first.
pub(crate) fn waiting(state: &FleetState, now: jiff::Timestamp) -> Vec<Waiting> {
    let mut waiting = Vec::new();
    match state.state {
        DeploymentState::Paused => waiting.push(Waiting::Resume),
        DeploymentState::Halted => waiting.push(decision(state, now)),
        _ => {}
    }
    // What is being ended waits for no beginning.
    if state.goes_on() || matches!(state.state, DeploymentState::Paused | DeploymentState::Halted) {
        waiting.extend(state.holds.iter().map(Waiting::from));
    }
    let goes_on = state.goes_on() || state.state == DeploymentState::Halted;
    let active = if goes_on { state.active(now) } else { Vec::new() };
    let of_active = |wanted: &dyn Fn(&UnitView) -> bool| -> Vec<HostName> {
        let units = active.iter().flat_map(|batch| &state.batches[*batch]);
        units.filter(|unit| state.lets_go_on(unit) && wanted(unit)).map(|unit| unit.host_name.clone()).collect()
    };

    let mut unreachable = hosts(state, |unit| unit.state == UnitState::Unknown && !unit.is_lost());
    unreachable.extend(of_active(&|unit| unit.state == UnitState::Pending && unit.reach != Reach::Online));
    push(&mut waiting, unreachable, |hosts, more| Waiting::Unreachable { hosts, more });

    let preparing = hosts(state, |unit| unit.state == UnitState::Preparing);
    push(&mut waiting, preparing, |hosts, more| Waiting::Preparing { hosts, more });

    let mut switching =
        hosts(state, |unit| matches!(unit.state, UnitState::Switching | UnitState::Restoring | UnitState::Retiring));
    // An earlier attempt has to end on the host before another may begin.
    switching
        .extend(of_active(&|unit| unit.state == UnitState::Pending && unit.reach == Reach::Online && unit.occupied));
    push(&mut waiting, switching, |hosts, more| Waiting::Switching { hosts, more });

    let is_ready =
        |batch: &usize| state.may_switch(*batch) && by_host(&state.batches[*batch]).any(|host| is_due(state, host));
    if state.holds.is_empty() && active.iter().any(is_ready) {
        let limit = u32::try_from(state.limit(&active)).unwrap_or(u32::MAX);
        let (down, more) = first(state.down(&active).into_iter().collect());
        waiting.push(Waiting::Slot { limit, down, more });
    }
    if let Some(batch) = state.current_batch().filter(|_| state.goes_on()) {
        let number = u32::try_from(batch).unwrap_or(u32::MAX);
        waiting.extend(state.gate(batch, now).map(|gate| match gate {
            Gate::Word => Waiting::Promote { batch: number },
            Gate::Time(until) => Waiting::Pause { batch: number, until },
        }));
    }
    for (batch, units) in state.batches.iter().enumerate() {
        let baking = units.iter().filter(|unit| unit.state == UnitState::Baking);
        // One whose bake is over waits for others of its host.
        if let Some(until) = baking.filter_map(|unit| state.bake_end(unit)).filter(|until| *until > now).max() {
            waiting.push(Waiting::Bake { batch: u32::try_from(batch).unwrap_or(u32::MAX), until });
        }
    }
    waiting
}

/// What a halted deployment needs. If all that held it has come to a good end meanwhile, a word is enough.
fn decision(state: &FleetState, now: jiff::Timestamp) -> Waiting {
    let (failed, more) = first(failed(state, now));
    match state.strategy.on_failure {
        _ if failed.is_empty() => Waiting::Resume,
        OnFailure::Ask => Waiting::Answer { failed, more },
        OnFailure::Stop | OnFailure::Rollback | OnFailure::Ignore => Waiting::Decision { failed, more },
    }
}

/// The hosts that failed or do not get on, and not those that were only cancelled because of them.
fn failed(state: &FleetState, now: jiff::Timestamp) -> Vec<HostName> {
    let failed_here = state.hosts().filter(|host| has_failed(host)).filter_map(|host| host.first());
    let failed_before = state.former.iter().filter(|unit| unit.is_failure());
    let mut failed: Vec<HostName> = failed_here.chain(failed_before).map(|unit| unit.host_name.clone()).collect();
    failed.extend(state.standing_still(now).map(|unit| unit.host_name.clone()));
    if failed.is_empty() { hosts(state, UnitView::has_failed) } else { failed }
}

/// Whether the host only waits to be let change over.
fn is_due(state: &FleetState, host: &[UnitView]) -> bool {
    let next = host.iter().position(|unit| unit.state == UnitState::Prepared);
    next.and_then(|next| host.get(..next)).is_some_and(|before| has_turn(state.direction, before))
}

fn hosts(state: &FleetState, wanted: impl Fn(&UnitView) -> bool) -> Vec<HostName> {
    state.all().filter(|unit| wanted(unit)).map(|unit| unit.host_name.clone()).collect()
}

fn push(waiting: &mut Vec<Waiting>, mut hosts: Vec<HostName>, what: impl Fn(Vec<HostName>, u64) -> Waiting) {
    if !hosts.is_empty() {
        hosts.sort_by(|a, b| super::natural(a.as_str(), b.as_str()));
        hosts.dedup();
        let (hosts, more) = first(hosts);
        waiting.push(what(hosts, more));
    }
}

/// The first of the hosts by name, and how many more there are: a list of all of them grows with the fleet.
fn first(mut hosts: Vec<HostName>) -> (Vec<HostName>, u64) {
    let more = hosts.len().saturating_sub(WAITING_NAMED) as u64;
    hosts.truncate(WAITING_NAMED);
    (hosts, more)
}
